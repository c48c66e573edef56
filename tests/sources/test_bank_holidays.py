"""Our bank holidays against those that GOV.UK published, day by day and name by name."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays

from booking.sources.bank_holidays import UnknownCountryError, calendar, known_until, published

FIRST, LAST = date(2012, 1, 1), date(2028, 12, 31)
YEARS = range(FIRST.year, LAST.year + 1)
SATURDAY = 5


def govuk_titles() -> Mapping[date, str]:
    """Return GOV.UK's holidays of England and Wales, its note on substitute days in the name."""
    days = BankHolidays(use_cached_holidays=True).get_holidays(division="england-and-wales")
    names = {}
    for day in days:
        suffix = " (substitute day)" if day["notes"] == "Substitute day" else ""
        names[day["date"]] = day["title"] + suffix
    # GOV.UK notes the moved spring holiday of the Diamond Jubilee as a substitute day. It stands in
    # for no day at the weekend, so we name it plainly, as GOV.UK itself names that of 2022.
    assert names[date(2012, 6, 4)] == "Spring bank holiday (substitute day)"
    names[date(2012, 6, 4)] = "Spring bank holiday"
    # The occasion for moving the early May holiday of 2020 is part of its title there only.
    assert names[date(2020, 5, 8)] == "Early May bank holiday (VE day)"
    names[date(2020, 5, 8)] = "Early May bank holiday"
    return names


GOVUK = govuk_titles()


@pytest.mark.parametrize("year", YEARS)
def test_every_weekday_is_a_holiday_if_and_only_if_it_is_on_gov_uk(year: int) -> None:
    ours = published("GB", "ENG", year)
    day = date(year, 1, 1)
    while day.year == year:
        if day.weekday() < SATURDAY:
            assert ours.get(day) == GOVUK.get(day), day
        day += timedelta(days=1)


def test_gov_uk_s_own_list_covers_every_one_of_those_years() -> None:
    assert {day.year for day in GOVUK} >= set(YEARS)
    assert all(sum(day.year == year for day in GOVUK) >= 8 for year in YEARS)


@pytest.mark.parametrize(
    ("year", "at_weekends"),
    [
        (2024, {}),
        (2026, {date(2026, 12, 26): "Boxing Day"}),
        (2027, {date(2027, 12, 25): "Christmas Day", date(2027, 12, 26): "Boxing Day"}),
        (2028, {date(2028, 1, 1): "New Year’s Day"}),
        (2034, {date(2034, 1, 1): "New Year’s Day"}),
    ],
)
def test_a_named_day_at_the_weekend_is_a_holiday_too(year: int, at_weekends: dict[date, str]) -> None:
    ours = published("GB", "ENG", year)
    assert {day: name for day, name in ours.items() if day.weekday() >= SATURDAY} == at_weekends


@pytest.mark.parametrize("year", [2026, 2050, 2100])
def test_every_year_has_easter_and_the_mondays_of_may_and_august(year: int) -> None:
    names = set(published("GB", "ENG", year).values())
    assert names >= {
        "Good Friday",
        "Easter Monday",
        "Early May bank holiday",
        "Spring bank holiday",
        "Summer bank holiday",
    }


def test_scotland_has_its_own_days() -> None:
    scotland = published("GB", "SCT", 2026)
    assert date(2026, 11, 30) in scotland
    assert date(2026, 4, 6) not in scotland


def test_holidays_are_known_until_the_end_of_2100() -> None:
    assert known_until("GB", "ENG") == date(2100, 12, 31)
    assert date(2100, 12, 27) in published("GB", "ENG", 2100)
    assert published("GB", "ENG", 2101) == {}


@pytest.mark.parametrize(
    ("country", "subdivision"),
    [
        pytest.param("XX", "", id="no such country"),
        pytest.param("", "", id="no country"),
        pytest.param("gb", "ENG", id="small letters"),
        pytest.param("GB", "XXX", id="no such subdivision"),
        pytest.param("GB", "eng", id="subdivision in small letters"),
        pytest.param("HolidayBase", "", id="a class of the package"),
        pytest.param("utils", "", id="a module of the package"),
        pytest.param("country_holidays", "", id="a function of the package"),
        pytest.param("__name__", "", id="an attribute of the package"),
    ],
)
def test_an_unknown_country_or_subdivision_raises(country: str, subdivision: str) -> None:
    with pytest.raises(UnknownCountryError):
        calendar(country, subdivision)


def test_a_country_without_subdivisions_is_known() -> None:
    assert date(2026, 3, 17) in published("IE", "", 2026)


@pytest.mark.parametrize("language", ["th_TH.UTF-8", "en_US.UTF-8", "de_DE.UTF-8"])
def test_names_do_not_follow_the_language_of_the_server(
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    monkeypatch.setenv("LC_ALL", language)
    names = published.__wrapped__("GB", "ENG", 2026)
    assert names[date(2026, 12, 28)] == "Boxing Day (substitute day)"
    assert names[date(2026, 8, 31)] == "Summer bank holiday"
