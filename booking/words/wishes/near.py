"""Words that were mistyped: what may be meant by one that cannot be read. It is asked, never taken for it."""

from booking.rules.schedule import Schedule
from booking.words.spelling import parts, slips

_KNOWN = """
    monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays
    sunday sundays january february march april june july august september october november december
    today tomorrow week weeks weekend weekday weekdays month fortnight next
    morning mornings afternoon afternoons evening evenings lunchtime midday noon early late
    after before between around until from except with anyone
    appointment first follow-up minutes hour available christmas
"""


def near(typed: str, schedule: Schedule) -> tuple[str, ...]:
    """Return the words that can be read and are one slip of the hand away: "tomorrow" for "tomorow"."""
    known = {*_KNOWN.split(), *(part for one in schedule.osteopaths for part in parts(one.name))}
    words = parts(typed)
    return tuple(one for one in slips(words[0]) if one in known) if len(words) == 1 else ()
