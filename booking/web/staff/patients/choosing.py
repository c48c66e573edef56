"""Finding the patient that something is for, on pages that begin with one."""

from functools import cached_property

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField

from booking.desk import patients
from booking.gate import desk, staff_actor
from booking.store.patients import FoundPatient
from booking.web.fields import tidied
from booking.web.staff.phone.words import TOO_LONG, MatchRow, match_row


class PatientForm(FlaskForm):
    """Whom it is for. ``sought`` is what was looked for, ``patient`` the reference of who was chosen."""

    query = StringField("Name or telephone number", filters=[tidied])
    sought = HiddenField(filters=[tidied])
    patient = StringField("Who it is for", filters=[tidied])


class PatientSearch:
    """Whom a form is about. Who was chosen is shown alone, until somebody is looked for again."""

    def __init__(self, form: PatientForm) -> None:
        self._form = form

    def look(self) -> None:
        """Look for what is typed; the only one who is found is chosen."""
        self._form.sought.data = self._form.query.data
        listed = [one.reference for one in self.found.patients]
        if self._form.patient.data not in listed:
            self._form.patient.data = listed[0] if len(listed) == 1 else ""

    @cached_property
    def found(self) -> patients.Search:
        """Whom the name or number that was looked for may mean."""
        return patients.find(desk(), staff_actor(), self._form.sought.data or "")

    @cached_property
    def known(self) -> FoundPatient | None:
        """The record that was chosen."""
        reference = self._form.patient.data or ""
        if "found" in self.__dict__:
            return next((one for one in self.found.patients if one.reference == reference), None)
        return patients.by_reference(desk(), staff_actor(), reference) if reference else None

    @property
    def matches(self) -> tuple[MatchRow, ...]:
        """The records to choose from."""
        chosen = self.known if "found" not in self.__dict__ else None
        listed = (chosen,) if chosen else self.found.patients
        return tuple(match_row(one, chosen=one == self.known, today=desk().now_at.date()) for one in listed)

    @property
    def said(self) -> str:
        """How many were found, in words, nothing when nobody was looked for."""
        if "found" not in self.__dict__ or not self._form.sought.data:
            return ""
        if self.found.too_long:
            return TOO_LONG
        count = len(self.found.patients)
        if self.found.more:
            return f"The first {count}; type more to see others."
        return {0: "Nobody found.", 1: "One found."}.get(count, f"{count} found.")
