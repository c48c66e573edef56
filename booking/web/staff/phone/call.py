"""One step of a conversation at the phone desk, and what it takes to answer."""

from datetime import datetime
from functools import cached_property

from booking.desk import patients
from booking.desk.deciding import Wish
from booking.desk.finding import Finder, exact_start, kind_wished
from booking.desk.holds import has_now, held, let_go
from booking.gate import desk, staff_actor
from booking.rules.layers import Busy
from booking.rules.schedule import AppointmentType
from booking.store.entries import NOTHING, HeldTime, Identity, Ignored
from booking.store.patients import FoundPatient
from booking.store.people import name_key
from booking.web.staff.phone.forms import PhoneForm
from booking.words.times import read_moment
from booking.words.wishes import Reading, read_wish

NEW = "new"
_LONGEST_WISH = 200


class Call:
    """One step of a conversation: the form, and what it takes to answer, each asked for once."""

    def __init__(self, form: PhoneForm) -> None:
        self.form = form
        # Records with the name and number of somebody new.
        self.same: list[FoundPatient] = []

    @cached_property
    def reading(self) -> Reading:
        """What would suit the caller, as it was read."""
        return self.read(self.form.wish.data or "")

    def read(self, wish: str) -> Reading:
        """Read what would suit the caller, in whatever words."""
        known = self.known
        return read_wish(
            wish[:_LONGEST_WISH],
            schedule=desk().schedule,
            today=desk().now_at.date(),
            same_as=known.last_visit_at if known else None,
        )

    @cached_property
    def kind(self) -> AppointmentType | None:
        """The type of appointment that the wish comes to, None when nothing lasts as long."""
        return kind_wished(desk().schedule, self.reading.wish)

    @property
    def clear(self) -> bool:
        """Whether the whole wish was understood. What was not is never guessed.

        A day that has passed is asked about, unless its time is named too: then it is on paper already.
        """
        reading, exact_at = self.reading, exact_start(desk(), self.reading.wish)
        on_paper = exact_at is not None and exact_at < desk().now_at and not reading.answers
        return self.kind is not None and not reading.unread and (not reading.question or on_paper)

    @cached_property
    def finder(self) -> Finder:
        """What can be offered for the wish."""
        return Finder(desk(), self.reading.wish, identity=self.identity, kept=self.held)

    @property
    def exact(self) -> Wish | None:
        """The one time that is asked for, None when more would do, or when it is kept by now.

        Without an osteopath it is asked of all who are wished.
        """
        asked: Wish | None = None
        try:
            asked = read_choice(self.form.exact.data or "")
        except ValueError:
            start_at = exact_start(desk(), self.reading.wish)
            if start_at and self.kind:
                asked = Wish(self.kind.id, None, start_at)
        kept = self.held and asked and self.held.start_at == asked.start_at
        return None if kept else asked

    def moment(self, name: str) -> datetime | None:
        """Return the moment that a kept field names, None when it names none."""
        try:
            return read_moment(self.form[name].data or "", desk().schedule.zone)
        except ValueError:
            return None

    def change_wish(self, text: str) -> None:
        """Put other words in place of the wish."""
        self.form.wish.data = text
        for one in ("reading", "kind", "finder"):
            self.__dict__.pop(one, None)

    @cached_property
    def held(self) -> HeldTime | None:
        """The time that is kept for the caller, also when its hold has lapsed."""
        found = held(desk(), self.form.token.data or None)
        return found if found and found.appointment_id is None else None

    @cached_property
    def gone(self) -> Busy | None:
        """What has the kept time now, after its hold lapsed or was taken over: None where nothing has."""
        return has_now(desk(), self.held) if self.held else None

    @property
    def first_visit(self) -> AppointmentType | None:
        """The type that somebody new needs, where another is kept and nobody said otherwise."""
        form, types = self.form, desk().schedule.types_by_id
        chosen = types.get(self.held.type_id) if self.held else None
        if form.patient.data != NEW or chosen is None or chosen.new_patients or form.been_before.data:
            return None
        return next((one for one in types.values() if one.new_patients), None)

    def keep(self, token: str) -> None:
        """Go on with another hold, or with none."""
        self.form.token.data = token
        for one in ("held", "gone", "finder"):
            self.__dict__.pop(one, None)

    def drop(self) -> None:
        """Let the hold go, and what was agreed about it."""
        let_go(desk(), staff_actor(), token=self.form.token.data or None)
        self.keep("")
        self.form.aside.data = self.form.agreed.data = ""
        self.look_about()

    def look_about(self, *, after: str = "", near: str = "", exact: str = "") -> None:
        """Show the first times of the wish, those after or near a moment, or ask for one exactly."""
        form = self.form
        form.after.data, form.near.data, form.exact.data = after, near, exact

    @cached_property
    def found(self) -> patients.Search:
        """Whom the name or number that was looked for may mean."""
        return patients.find(desk(), staff_actor(), self.form.sought.data or "")

    @cached_property
    def known(self) -> FoundPatient | None:
        """The record that was chosen."""
        reference = self.form.patient.data or ""
        if reference in {"", NEW}:
            return None
        return patients.by_reference(desk(), staff_actor(), reference)

    def choose(self, one: FoundPatient) -> None:
        """Go on with a record that was just found."""
        self.form.patient.data = one.reference
        self.known = one

    @property
    def identity(self) -> Identity | None:
        """Whose other appointments must not overlap, once it is known who it is."""
        one = self.known
        return Identity(name_key(one.name), one.phone, one.id) if one else None


def read_choice(value: str) -> Wish:
    """Return the time that a button stands for, as `words.value_of` writes it.

    Raises:
        ValueError: It stands for none.
    """
    start, osteopath_id, kind_id = value.split(" ")
    schedule = desk().schedule
    if kind_id not in schedule.types_by_id or osteopath_id not in {"", *schedule.osteopaths_by_id}:
        raise ValueError(value)
    return Wish(kind_id, osteopath_id, read_moment(start, desk().schedule.zone))


def own_hold(call: Call) -> Ignored:
    """Return the caller's own hold, which is in nobody's way."""
    own = call.held
    return Ignored(hold_id=own.id) if own else NOTHING


def area_code() -> str:
    """Return the area code that six digits lack: the practice's own."""
    return desk().schedule.practice.phone.split()[0]


def short_name(osteopath_id: str | None) -> str:
    """Return what an osteopath is called here, nothing when there is none."""
    one = desk().schedule.osteopaths_by_id.get(osteopath_id or "")
    return one.short_name if one else ""
