"""References of rows: short enough to be read aloud, random so that they count nothing."""

import secrets

# No letters or digits that are mistaken for others when read aloud.
_SPOKEN = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Return a reference to be read aloud, like "7KM4-QX2P"."""
    letters = [secrets.choice(_SPOKEN) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
