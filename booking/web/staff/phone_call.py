"""One step of a conversation at the phone desk, and what it takes to answer."""

from functools import cached_property

from booking.desk import patients
from booking.desk.holds import held, let_go
from booking.gate import desk, staff_actor
from booking.store.entries import (
    NOTHING,
    HeldTime,
    Identity,
    Ignored,
)
from booking.store.patients import FoundPatient
from booking.store.people import name_key
from booking.web.staff.phone_forms import Asked, PhoneForm

NEW = "new"
_LONGEST_ID = 9


class Call:
    """One step of a conversation: the form, and what it takes to answer, each asked for once."""

    def __init__(self, form: PhoneForm) -> None:
        self.form = form
        self.same: list[FoundPatient] = []

    @cached_property
    def asked(self) -> Asked:
        """What the caller asks for."""
        return self.form.asked(desk().schedule, today=desk().now_at.date())

    @cached_property
    def held(self) -> HeldTime | None:
        """The time that is kept for the caller, also when its hold has lapsed."""
        found = held(desk(), self.form.token.data or None)
        return found if found and found.appointment_id is None else None

    def keep(self, token: str) -> None:
        """Go on with another hold, or with none."""
        self.form.token.data = token
        self.__dict__.pop("held", None)

    def drop(self) -> None:
        """Let the hold go, and what was agreed about it."""
        let_go(desk(), staff_actor(), token=self.form.token.data or None)
        self.keep("")
        self.form.aside.data = self.form.agreed.data = self.form.after.data = self.form.near.data = ""

    @cached_property
    def found(self) -> patients.Search:
        """Whom the name or number that was looked for may mean."""
        return patients.find(desk(), staff_actor(), self.form.sought.data or "")

    @cached_property
    def known(self) -> FoundPatient | None:
        """The record that was chosen."""
        value = self.form.patient.data or ""
        if not value.isdecimal() or len(value) > _LONGEST_ID:
            return None
        listed = (one for one in self.found.patients if str(one.id) == value)
        return next(listed, None) or patients.known(desk(), staff_actor(), int(value))

    @property
    def identity(self) -> Identity | None:
        """Whose other appointments must not overlap, once it is known who it is."""
        one = self.known
        return Identity(name_key(one.name), one.phone, one.id) if one else None


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
