"""Names as they are heard and mistyped: which are taken for each other, and which must not be."""

import pytest

from booking.words.spelling import parts, slips, sound

SOUND_ALIKE = """
    Jon John, Catherine Kathryn, Katherine Catharine, Cathryn Katharine, Philips Phillips, Phillip Philip,
    McDonald MacDonald, McKenzie MacKenzie, McIntyre MacIntyre, Smyth Smith, Smythe Smith, Stephen Steven,
    Stephens Stevens, Geoff Jeff, Geoffrey Jeffrey, Sara Sarah, Ann Anne, Lynn Lynne, Clarke Clark,
    Davies Davis, Thompson Thomson, Thompson Tomson, Alan Allan, Allan Allen, Johnson Jonson,
    Nicholas Nicolas, Mohammed Muhammad, Mohamed Mohammad, Elizabeth Elisabeth, Lesley Leslie, Tracy Tracey,
    Hayley Hailey, Caitlin Katelyn, Graham Graeme, Ian Iain, Neil Neal, Stuart Stewart, Reece Rhys,
    Brian Bryan, Gillian Jillian, Wright Right, Knight Night, Whyte White, Pearce Pierce, Taylor Tayler,
    Lawrence Laurence, Shepherd Sheppard, Ashleigh Ashley, Lee Leigh, Vicky Vikki, Jayne Jane, Chris Kris,
    Schofield Scofield, Matthew Mathew, Thomas Tomas, Anthony Antony, Theresa Teresa, Rachel Rachael,
    Rebecca Rebekah, Sophie Sofie, Isabel Isobel, Frances Francis, Lindsay Linsey, Hughes Hews,
    O’Brien O'Brian, Reid Reed, Zoe Zoey, Dixon Dickson, Shaun Shawn, Claire Clare, Marc Mark, Eric Erik,
    Derek Derrick
"""
SLIPS = """
    Partirdge Partridge, Patridge Partridge, Partrdige Partridge, Jonh John, Smiht Smith, Smih Smith,
    Simth Smith, Willaims Williams, Micheal Michael, Johnson Johnston, Davison Davidson, Eileen Aileen,
    Bartridge Partridge, Margarett Margaret, Hollloway Holloway, Holoway Holloway, Chipendale Chippendale,
    Hodgson Hodson, Marshal Marshall, Christina Christine
"""
# Other people: neither heard nor typed for each other.
OTHERS = """
    John Jane, Jon June, Lee Lowe, Lee Law, Reid Rudd, Wright Rudd, Ann Ian, Mary Moore, Tom Tim, Carl Kyle,
    Dean Dawn, Kevin Calvin, Smith South, Mark Mike, Robert Rupert, Martin Morton, James Jones, Evans Owens,
    Peter Patrick, Susan Simon, Webb Wood, King Kang, Bell Ball, Jack Rick, Hill Hall, Ward Wood, Sam Tim,
    Emma Erin, Wood Hood, Lynn Lane
"""


def pairs(table: str) -> list[tuple[str, str]]:
    """Return a table's pairs, as parts of names."""
    both = (parts(pair) for pair in table.split(","))
    return [(typed, name) for typed, name in both]


def taken_for(typed: str, name: str) -> bool:
    return sound(typed) == sound(name) or name in slips(typed)


def test_the_tables_are_large_enough() -> None:
    assert len(pairs(SOUND_ALIKE) + pairs(SLIPS)) >= 40
    assert len(pairs(OTHERS)) >= 20


@pytest.mark.parametrize(("typed", "name"), pairs(SOUND_ALIKE))
def test_names_that_sound_alike_have_one_key(typed: str, name: str) -> None:
    assert sound(typed) == sound(name)


@pytest.mark.parametrize(("typed", "name"), pairs(SLIPS))
def test_a_slip_of_one_letter_is_undone(typed: str, name: str) -> None:
    assert name in slips(typed)


@pytest.mark.parametrize(("typed", "name"), pairs(OTHERS))
def test_other_names_are_not_taken_for_each_other(typed: str, name: str) -> None:
    assert not taken_for(typed, name)
    assert not taken_for(name, typed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ann Lee", ("ann", "lee")),
        ("Tom Hardy-Ng", ("tom", "hardy", "ng")),
        ("Emma (Chip) Chippendale Ceely", ("emma", "chip", "chippendale", "ceely")),
        ("Siân O’Brien", ("sian", "obrien")),
        ("Zoë Müller", ("zoe", "muller")),
        ("Łukasz Jørgensen", ("lukasz", "jorgensen")),
        ("J. R. Vine", ("j", "r", "vine")),
        ("Lee, Ann", ("lee", "ann")),
        ("– ' ()", ()),
        ("李 小龍", ("李", "小龍")),
    ],
)
def test_a_name_has_parts(name: str, expected: tuple[str, ...]) -> None:
    assert parts(name) == expected


def test_a_short_name_is_taken_at_its_word() -> None:
    assert slips("lee") == []
    assert "jade" not in slips("jane")
    assert "tylor" in slips("tyler")


def test_a_part_is_no_slip_of_itself_and_what_is_very_long_has_none() -> None:
    assert "aaron" not in slips("aaron")
    assert slips("x" * 21) == []


@pytest.mark.parametrize("part", ["o'brien", "smi%th", "smith1", "müller", "smith\\", "ｓｍｉｔｈ"])
def test_what_is_not_of_plain_letters_has_no_slips(part: str) -> None:
    assert slips(part) == []


@pytest.mark.parametrize("part", ["李", "", "123"])
def test_what_is_no_latin_letter_is_not_heard(part: str) -> None:
    assert sound(part) == ""
