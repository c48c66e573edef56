"""The ``booking`` command: one thin function a command, each with examples in its help."""

from booking.cli.diary import conflicts, day
from booking.cli.root import main, root
from booking.cli.rules import check, explain, settings, slots
from booking.cli.serve import demo, run
from booking.cli.staff import staff

for _command in (run, check, slots, explain, day, conflicts, staff, demo, settings):
    root.add_command(_command)

__all__ = ["main", "root"]
