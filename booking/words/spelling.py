"""Names as they are heard and mistyped: the parts of a name, how a part sounds, and the slips of a hand.

Sounds are those of names in Britain. A general phonetic key drops every vowel, so that Jane, John and
June are one to it; here the first vowel counts, and so does one that ends a name: Jon is John and not Jane.
"""

import re
import string
import unicodedata

_BETWEEN_PARTS = re.compile(r"[\s,;/()\"“”\-‐‑–—]+")
_UNSPOKEN = re.compile(r"['’‘`´.]")
# Letters that are no letter with an accent, and that people type as these.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})

# Spelling to sound, in this order.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^ma?c(?=\w{3})", "mk"),
        (r"^muh", "moh"),
        (r"^sheph", "shep"),
        (r"^(?:wr|rh)", "r"),
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wh", "w"),
        (r"^x", "s"),
        (r"ph|v", "f"),
        (r"ght", "t"),
        (r"gh", ""),
        (r"x", "ks"),
        (r"sch", "sk"),
        (r"sh", "x"),
        (r"sc(?=[eiy])", "s"),
        (r"ch", "k"),
        (r"th", "t"),
        (r"d?g(?=[eiy])", "j"),
        (r"c(?=[eiy])", "s"),
        (r"ck|c|qu?", "k"),
        (r"z", "s"),
        (r"mps", "ms"),
        (r"nds", "ns"),
        (r"ew", "u"),
        (r"(?<=\w{3})ay$", "ey"),
        (r"(?<=[aeiouy])[hw]|(?<=[^aeiouy])h", ""),
        (r"(\w)\1+", r"\1"),
    )
)
_FIRST_VOWEL = re.compile(r"([^aeiouy]*)([aeiouy]+)(.*)")
_LAST_VOWEL = re.compile(r"[aeiouy]+$")
_VOWELS = re.compile(r"[aeiouy]+")
_HEARD = {"a": "a", "e": "i", "i": "i", "o": "o", "u": "u", "y": "i"}

# A hand that slips in a short name writes another name: so short a part is taken at its word.
_SHORTEST_SWAPPED = 4
_SHORTEST_CHANGED = 5
_LONGEST_SLIP = 20
_LETTERS = re.compile(r"[a-z]+")


def parts(name: str) -> tuple[str, ...]:
    """Return the parts of a name as names are compared: without case, accents, apostrophes and stops.

    A hyphen and a bracket end a part as a space does. What has neither letter nor digit is no part.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_PLAIN)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    found = (_UNSPOKEN.sub("", part) for part in _BETWEEN_PARTS.split(bare))
    return tuple(part for part in found if any(letter.isalnum() for letter in part))


def sound(part: str) -> str:
    """Return a key that parts of names have in common when they sound alike; empty where nothing is heard.

    Consonants count as they are heard, vowels only the first of a part and one that ends it:
    Catherine and Kathryn are "katrn".
    """
    heard = "".join(letter for letter in part if letter in string.ascii_lowercase)
    for pattern, instead in _SOUNDS:
        heard = pattern.sub(instead, heard)
    match = _FIRST_VOWEL.fullmatch(heard)
    if not match:
        return heard
    before, vowel, rest = match.groups()
    # An e that ends a part is silent: Anne is Ann.
    rest = re.sub(r"(?<![aeiouy])e$", "", rest)
    last = _LAST_VOWEL.search(rest)
    end = _HEARD[last[0][0]] if last else ""
    key = f"{before}{_HEARD[vowel[0]]}{_VOWELS.sub('', rest)}{end}"
    return re.sub(r"(\w)\1+", r"\1", key)


def slips(part: str) -> list[str]:
    """Return what a part may have been meant to be, if one letter of it is wrong, and not the part itself.

    Two letters swapped in a part of four letters or more; a letter left out of such a part; a letter
    too many, or another one, in a part of five or more. All are made of the letters a to z alone; a
    part that is not has none.
    """
    size = len(part)
    if not (_SHORTEST_SWAPPED <= size <= _LONGEST_SLIP and _LETTERS.fullmatch(part)):
        return []
    cuts = [(part[:at], part[at:]) for at in range(size + 1)]
    letters = string.ascii_lowercase
    found = {before + after[1] + after[0] + after[2:] for before, after in cuts[: size - 1]}
    found.update(before + letter + after for before, after in cuts for letter in letters)
    if size >= _SHORTEST_CHANGED:
        found.update(before + after[1:] for before, after in cuts[:size])
        found.update(before + letter + after[1:] for before, after in cuts[:size] for letter in letters)
    found.discard(part)
    return sorted(found)
