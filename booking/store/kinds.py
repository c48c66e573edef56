"""The words that columns may hold, as people of the practice and programs outside know them."""

from enum import StrEnum


class Status(StrEnum):
    """The states of an appointment, in FHIR R4's words."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    NOSHOW = "noshow"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"


NOT_LIVE = (Status.CANCELLED, Status.ENTERED_IN_ERROR)


class Source(StrEnum):
    """How an appointment was booked."""

    ONLINE = "online"
    PHONE = "phone"
    DESK = "desk"


class Learnt(StrEnum):
    """How it is known which page of the website a patient came from."""

    LINK = "link"
    REFERER = "referer"
    CHOSEN = "chosen"
    ASKED = "asked"
    # Without a page: the link named none that we know, it was not the website, nobody asked.
    UNKNOWN = "unknown"
    NOT_WEBSITE = "not-website"
    NOT_ASKED = "not-asked"


class Role(StrEnum):
    """What a member of staff may do."""

    OSTEOPATH = "osteopath"
    RECEPTION = "reception"
    MANAGER = "manager"


class CancelledBy(StrEnum):
    """Who asked for a cancellation."""

    PATIENT = "patient"
    PRACTICE = "practice"


class WaitingStatus(StrEnum):
    """What became of an entry of the waiting list, in FHIR R4's words."""

    WAITLIST = "waitlist"
    BOOKED = "booked"
    CANCELLED = "cancelled"


class DayPart(StrEnum):
    """The part of the day that somebody can come in."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"


class ChangeKind(StrEnum):
    """What staff enter over the schedule: time that an osteopath or the practice is away, or a Saturday."""

    LEAVE = "leave"
    BLOCKED = "blocked"
    CLOSURE = "closure"
    SATURDAY = "saturday"
