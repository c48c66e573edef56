"""The keys by which patients' records are found: by what a name begins with, its sound, a telephone's ends.

=====================  ==========================================================================
``n:ann.``             a part of the name, whole with its stop; what begins it is a range of keys
``n:annlee.``          the parts from one of them to the last, run together
``s:katrn``            how a part sounds
``p:1747811204.``      the telephone from its beginning, here without 0 or +44
``p:811204.``          the same without its area code
``r:4021187471``       the telephone from its end
=====================  ==========================================================================

The keys of a kept record are also those of the records that were merged into it.
"""

from sqlalchemy import delete, insert, or_, select

from booking.store.database import db
from booking.store.models import Patient, PatientKey
from booking.words.spelling import parts, sound

_LONGEST = 80
_LONGEST_PART = _LONGEST - len("n:.")
_HOME = "+44"
_LOCAL_DIGITS = 6
# After every letter of every language.
_AFTER = "\U0010ffff"


def begins(kind: str, text: str) -> tuple[str, str]:
    """Return the first and the last of the keys of a kind that begin with a text."""
    first = f"{kind}:{text[:_LONGEST_PART]}"
    return first, first[: _LONGEST - 1] + _AFTER


def whole(kind: str, text: str) -> str:
    """Return the key of a whole part of a name, or of a whole number."""
    return f"{kind}:{text[:_LONGEST_PART]}."


def sounds(part: str) -> str:
    """Return the key of how a part of a name sounds."""
    return f"s:{sound(part)[:_LONGEST_PART]}"


def keys_of(name: str, phone: str) -> set[str]:
    """Return all keys of a name and a telephone as it is kept."""
    named = parts(name)
    keys = {whole("n", part) for part in named}
    keys |= {whole("n", "".join(named[at:])) for at in range(len(named) - 1)}
    keys |= {sounds(part) for part in named if sound(part)}
    if digits := "".join(sign for sign in phone.removeprefix(_HOME) if sign.isdecimal()):
        keys |= {whole("p", digits), whole("p", digits[-_LOCAL_DIGITS:]), f"r:{digits[::-1]}"[:_LONGEST]}
    return keys


def write(patient_id: int) -> None:
    """Write the keys of a record anew, in the transaction that has changed it. A merged one has none."""
    db.session.flush()
    db.session.execute(
        delete(PatientKey)
        .where(PatientKey.patient_id == patient_id)
        .execution_options(synchronize_session=False)
    )
    records = db.session.execute(
        select(Patient.name, Patient.phone).where(
            or_(
                (Patient.id == patient_id) & Patient.merged_into_id.is_(None),
                Patient.merged_into_id == patient_id,
            )
        )
    )
    keys = set().union(*(keys_of(name, phone) for name, phone in records))
    if keys:
        db.session.execute(insert(PatientKey), [{"key": key, "patient_id": patient_id} for key in keys])
