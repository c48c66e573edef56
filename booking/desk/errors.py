"""Why a use case was refused. Each error carries data; the sentences are made elsewhere."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.rules.layers import Refusal
from booking.rules.slots import Slot


class DeskError(Exception):
    """A use case was refused, and nothing was changed."""


class UnknownError(DeskError):
    """There is no such thing.

    ``what`` is "type", "osteopath", "appointment", "staff", "waiting" or "patient".
    """

    def __init__(self, what: str, given: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.given = given


class SlotTakenError(DeskError):
    """Somebody else has that time. ``alternatives`` are the nearest free slots, nearest first."""

    def __init__(self, alternatives: Sequence[Slot] = ()) -> None:
        super().__init__("slot-taken")
        self.alternatives = tuple(alternatives)


class NotBookableError(DeskError):
    """The rules do not allow that time. ``reasons`` are in the order of the rules, never empty."""

    def __init__(self, reasons: Sequence[Refusal]) -> None:
        super().__init__("not-bookable")
        self.reasons = tuple(reasons)


class CourseRefusedError(DeskError):
    """Some times of a course cannot be had, so none was booked. ``numbers`` count its times from 0."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__("course-refused")
        self.numbers = tuple(numbers)


class PastCutoffError(DeskError):
    """It is too late for the patient to change the appointment; it could be changed until then."""

    def __init__(self, until_at: datetime) -> None:
        super().__init__("past-cutoff")
        self.until_at = until_at


class CancelledError(DeskError):
    """The appointment is cancelled."""


class WrongStatusError(DeskError):
    """The appointment's status does not allow that. ``status`` is what it is now."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class TooEarlyError(DeskError):
    """The appointment has not begun."""

    def __init__(self, start_at: datetime) -> None:
        super().__init__("too-early")
        self.start_at = start_at


class TooManyError(DeskError):
    """Too much was written in a short time; it is possible again after ``wait``."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too-many")
        self.wait = wait


class KeyReusedError(DeskError):
    """The idempotency key has been used for something else."""


class NothingHeldError(DeskError):
    """There is no booking in progress: it was forgotten, or never begun."""


class SignInError(DeskError):
    """Nobody can be signed in with that. ``locked_until_utc`` is set after too many failures."""

    def __init__(self, locked_until_utc: datetime | None = None) -> None:
        super().__init__("sign-in")
        self.locked_until_utc = locked_until_utc


class NameTakenError(DeskError):
    """There is such an account already."""


class OwnAccountError(DeskError):
    """Nobody shuts out their own account."""


class LastManagerError(DeskError):
    """No manager would be left who can sign in."""


class ConflictChangedError(DeskError):
    """What speaks against the appointment is no longer what was shown."""


class MergedError(DeskError):
    """The record was merged into another. ``kept`` is the reference of the one that was kept."""

    def __init__(self, kept: str) -> None:
        super().__init__("merged")
        self.kept = kept


class SameRecordError(DeskError):
    """Another record has that name and telephone. ``others`` are the references of those that do."""

    def __init__(self, others: Sequence[str]) -> None:
        super().__init__("same-record")
        self.others = tuple(others)


class EditedError(DeskError):
    """Somebody else has changed the same parts of a record meanwhile. ``parts`` are their names."""

    def __init__(self, parts: Sequence[str]) -> None:
        super().__init__("edited")
        self.parts = tuple(parts)


class NotesTooLongError(DeskError):
    """The notes of two records are longer together than a record keeps. ``longest`` is how many signs fit."""

    def __init__(self, longest: int) -> None:
        super().__init__("notes-too-long")
        self.longest = longest
