"""The file as a file: what cannot be read at all, and what the shipped one holds."""

import os
import re
from pathlib import Path

import pytest

from booking.rules.schedule import ConditionKind, Schedule
from booking.sources.schedule_toml import ScheduleFaultsError, read_schedule
from tests.builders import windows

SHIPPED = Path(__file__).parents[2] / "schedule.toml"
TEXT = SHIPPED.read_text(encoding="utf-8")
BOM = b"\xef\xbb\xbf"


def complaint(path: Path) -> str:
    """Return the one thing that is said of a file that cannot be used at all."""
    with pytest.raises(ScheduleFaultsError) as caught:
        read_schedule(path)
    (fault,) = caught.value.faults
    assert (fault.path, fault.found) == ("", None)
    assert str(fault) == fault.message
    assert str(path) in fault.message
    return fault.message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "schedule.toml"


def test_a_file_that_is_not_there_is_missing(path: Path) -> None:
    assert "is missing" in complaint(path)


def test_a_folder_is_no_file(path: Path) -> None:
    path.mkdir()
    assert "is a folder" in complaint(path)


def test_a_path_through_a_file_cannot_be_read(path: Path) -> None:
    path.write_text(TEXT, encoding="utf-8")
    assert "cannot be read" in complaint(path / "child")


def test_a_file_without_permission_cannot_be_read(path: Path) -> None:
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert "cannot be read" in complaint(path)


@pytest.mark.parametrize("content", [b"", BOM, b"\n", b" \t\r\n\n"], ids=repr)
def test_a_file_with_nothing_in_it_is_empty(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "is empty" in complaint(path)


def test_a_file_of_comments_lacks_its_tables(path: Path) -> None:
    path.write_text("# nothing yet\n", encoding="utf-8")
    with pytest.raises(ScheduleFaultsError) as caught:
        read_schedule(path)
    assert [str(fault) for fault in caught.value.faults] == [
        "practice: is required",
        "hours: is required",
        "appointment_types: is required",
        "osteopaths: is required",
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_recognised(path: Path, encoding: str) -> None:
    path.write_bytes(TEXT.encode(encoding))
    assert "UTF-16" in complaint(path)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        pytest.param(b"\xff", "line 1, column 1", id="at the beginning"),
        pytest.param(b"# caf\xe9\n", "line 1, column 6", id="Latin-1"),
        pytest.param(
            b'[practice]\nname = "\x93Trinity\x94"\n', "line 2, column 9", id="curly quotes of Windows"
        ),
        pytest.param(b'[practice]\r\nname = "\xa3"\r\n', "line 2, column 9", id="with Windows line ends"),
        pytest.param("# é\n# ö ".encode() + b"\xff", "line 2, column 5", id="after good accents"),
        pytest.param(b"# a\n# b\n\xc3", "line 3, column 1", id="cut off in a letter"),
        pytest.param(BOM + b"\xff", "line 1, column 1", id="after a BOM"),
        pytest.param(BOM + b"[practice]\n\xffname", "line 2, column 1", id="on a line after a BOM"),
        pytest.param(BOM + b'[practice]\nname = "\xff"', "line 2, column 9", id="further on after a BOM"),
    ],
)
def test_a_byte_that_is_not_utf_8_is_found_by_line_and_column(
    path: Path,
    content: bytes,
    place: str,
) -> None:
    path.write_bytes(content)
    assert complaint(path).endswith(f"is not UTF-8 text at {place}.")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(BOM + TEXT.encode(), id="a leading BOM"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="Windows line ends"),
        pytest.param(BOM + TEXT.replace("\n", "\r\n").encode(), id="both"),
        pytest.param(TEXT.rstrip("\n").encode(), id="no line end at the end"),
    ],
)
def test_what_editors_do_to_a_file_is_accepted(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert read_schedule(path).practice.name == "The Trinity Practice"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("[practice\n", "line 1, column 10", id="an open bracket"),
        pytest.param("[practice]\nname = = 1\n", "line 2, column 8", id="two equals signs"),
        pytest.param("[practice]\nname = Trinity\n", "line 2, column 8", id="no quotation marks"),
        pytest.param('[practice]\nname = "Trinity\n', "line 2, column 16", id="an open quotation mark"),
        pytest.param("# a\n\nname 5\n", "line 3, column 6", id="no equals sign"),
        pytest.param("date = 2026-02-30\n", "line 1, column 8", id="30 February"),
        pytest.param('a = "x"\na = "y"\n', "line 2, column 8", id="the same key twice"),
        pytest.param("[hours]\n[hours]\n", "line 2, column 7", id="the same table twice"),
        pytest.param('[hours]\nmonday = ["08:30-18:00"', "line 2, column 24", id="an open list at the end"),
        pytest.param('name = """The', "line 1, column 14", id="open text at the end"),
        pytest.param('[hours]\nmonday = ["08:30-18:00"\n', "line 2, column 24", id="open, and a line end"),
        pytest.param("name =", "line 1, column 7", id="no value at the end"),
        pytest.param("# a\u2028b\n# \u0085\nname = [", "line 3, column 9", id="after odd spaces"),
    ],
)
def test_a_fault_of_syntax_is_found_by_line_and_column(path: Path, text: str, place: str) -> None:
    path.write_text(text, encoding="utf-8")
    said = complaint(path)
    assert "is no TOML" in said
    assert "end of document" not in said
    found = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)", said)
    assert found is not None, said
    line, column = map(int, found.groups())
    expected_line, expected_column = map(int, re.findall(r"[0-9]+", place))
    assert line == expected_line
    # Which letter of a wrong word is the wrong one is for the reader of TOML to say.
    assert abs(column - expected_column) <= 2


def test_a_huge_file_is_refused_unread(path: Path) -> None:
    path.write_bytes(TEXT.encode() + b"# " + b"x" * 1024 * 1024)
    assert "is larger than 1 MiB" in complaint(path)


def test_a_file_of_a_mebibyte_is_read(path: Path) -> None:
    content = TEXT.encode() + b"#"
    path.write_bytes(content.ljust(1024 * 1024, b"x"))
    assert isinstance(read_schedule(path), Schedule)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("x = " + "[" * 5000 + "]" * 5000, id="lists in lists"),
        pytest.param("x = " + "{ a = " * 5000 + "1" + " }" * 5000, id="tables in tables"),
        pytest.param("x = " + "[" * 200 + "]" * 200, id="lists in lists, not so deep"),
        pytest.param(".".join(["x"] * 2000) + " = 1", id="dotted keys"),
        pytest.param("[" + ".".join(["x"] * 2000) + "]", id="a dotted table"),
        pytest.param("practice." + ".".join(["x"] * 2000) + " = 1", id="dotted keys in a known table"),
        pytest.param("x = " + "9" * 5000, id="a number of 5000 digits"),
        pytest.param("x = 0x" + "f" * 5000, id="a number of 5000 hexadecimal digits"),
        pytest.param("x = " + "9" * 4000, id="a number of 4000 digits"),
        pytest.param("booking.slot_minutes = 0b" + "1" * 20000, id="a number of 20000 bits"),
        pytest.param("x = 1e99999", id="an infinite number"),
    ],
)
def test_what_is_too_deep_or_too_large_is_refused_with_a_report(path: Path, line: str) -> None:
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(ScheduleFaultsError) as caught:
        read_schedule(path)
    assert all(len(str(fault)) < 5000 for fault in caught.value.faults)


@pytest.fixture(scope="module")
def shipped() -> Schedule:
    return read_schedule(SHIPPED)


def test_the_shipped_file_holds_what_is_known_of_the_practice(shipped: Schedule) -> None:
    assert shipped.practice.name == "The Trinity Practice"
    assert shipped.practice.phone == "01747 851726"
    assert shipped.practice.website == "https://www.trinitypractice.co.uk"
    assert shipped.practice.timezone == "Europe/London"
    assert shipped.weekday_windows == dict.fromkeys(range(5), windows("08:30-18:00"))


def test_the_shipped_file_holds_the_three_osteopaths(shipped: Schedule) -> None:
    assert [(one.id, one.name) for one in shipped.osteopaths] == [
        ("kevin-partridge", "Kevin Partridge"),
        ("emma-childs", "Emma Childs"),
        ("emma-chippendale-ceely", "Emma (Chip) Chippendale Ceely"),
    ]
    assert len({one.short_name for one in shipped.osteopaths}) == 3


@pytest.mark.parametrize(
    ("number", "title", "kind"),
    [
        ("59", "Muscle spasms", ConditionKind.CONDITION),
        ("39", "Bone and Joint Week", ConditionKind.AWARENESS),
        ("18", "Rotator cuff and impingement", ConditionKind.CONDITION),
    ],
)
def test_the_shipped_file_holds_the_three_pages(
    shipped: Schedule,
    number: str,
    title: str,
    kind: ConditionKind,
) -> None:
    page = shipped.condition_pages_by_name[number]
    assert (page.title, page.kind, page.active) == (title, kind, True)
    assert page.url == f"https://www.trinitypractice.co.uk/news.aspx?id={number}"
    assert len(shipped.condition_pages) == 3


def test_the_shipped_file_keeps_the_bank_holidays_of_england(shipped: Schedule) -> None:
    assert 'country = "GB"\nsubdivision = "ENG"\n' in TEXT
    assert shipped.bank_holidays.open == frozenset()
    assert shipped.bank_holidays.extra == {}


KNOWN = re.compile(
    r"""
    (name|short_name|title|phone|website|url)\ =\ "(
        The\ Trinity\ Practice | 01747\ 851726 | https://www\.trinitypractice\.co\.uk(/news\.aspx\?id=(59|39|18))?
        | Kevin(\ Partridge)? | Emma\ Childs | Emma\ \(Chip\)\ Chippendale\ Ceely | Chip
        | Muscle\ spasms | Bone\ and\ Joint\ Week | Rotator\ cuff\ and\ impingement
    )"
    | timezone\ =\ "Europe/London"
    | (mon|tues|wednes|thurs|fri)day\ =\ \["08:30-18:00"\]
    | country\ =\ "GB" | subdivision\ =\ "ENG" | (open|extra)\ =\ \[\]
    | id\ =\ "[a-z-]+"
    | aliases\ =\ \["(59|39|18)"\] | kind\ =\ "(condition|awareness)" | active\ =\ true
    | book\ =\ "phone"
    """,
    re.VERBOSE,
)
VALUES = [line for line in TEXT.splitlines() if " = " in line and not line.startswith("#")]


@pytest.mark.parametrize("line", [line for line in VALUES if not KNOWN.fullmatch(line)])
def test_whatever_is_not_known_is_marked_as_an_example(line: str) -> None:
    assert "# example" in line


@pytest.mark.parametrize("line", [line for line in VALUES if "# example" in line])
def test_nothing_that_is_known_is_marked_as_an_example(line: str) -> None:
    bare = line.partition(" # example")[0]
    assert not KNOWN.fullmatch(bare) or bare.startswith("book = ")


def test_the_shipped_file_says_nothing_of_prices_or_the_address() -> None:
    assert not re.search(r"£|price|fee|street|SP[0-9]", TEXT, re.IGNORECASE)
