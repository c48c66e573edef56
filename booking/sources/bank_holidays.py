"""The bank holidays of a country from the ``holidays`` package, named as GOV.UK names them."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from holidays import HolidayBase, country_holidays

# The package's names on the left, GOV.UK's on the right. Source: GOV.UK, "UK bank holidays".
_GOVUK_NAMES = {
    "New Year's Day": "New Year’s Day",
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Late Summer Bank Holiday": "Summer bank holiday",
    "Diamond Jubilee of Elizabeth II": "Queen’s Diamond Jubilee",
    "Platinum Jubilee of Elizabeth II": "Platinum Jubilee bank holiday",
    "State Funeral of Queen Elizabeth II": "Bank Holiday for the State Funeral of Queen Elizabeth II",
    "Coronation of Charles III": "Bank holiday for the coronation of King Charles III",
}
_OBSERVED = " (observed)"


class UnknownCountryError(ValueError):
    """The ``holidays`` package knows no such country or subdivision."""


@cache
def calendar(country: str, subdivision: str) -> HolidayBase:
    """Return the package's calendar of a country; making the first one takes some 50 ms.

    Raises:
        UnknownCountryError: There is no such country, or no such subdivision in it.
    """
    if not re.fullmatch("[A-Z]{2}", country):
        raise UnknownCountryError(country)
    try:
        return country_holidays(country, subdiv=subdivision or None, expand=False)
    except NotImplementedError as error:
        raise UnknownCountryError(str(error)) from error


def known_until(country: str, subdivision: str) -> date:
    """Return the last day whose holidays the package knows; after it, it answers "none" in silence."""
    return date(calendar(country, subdivision).end_year, 12, 31)


@cache
def published(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Return each bank holiday of a year by date, named as GOV.UK names it.

    Substitute days and the named days themselves are both there: Saturday 26 December 2026 and
    Monday 28 December 2026.

    Source: Banking and Financial Dealings Act 1971, schedule 1, and royal proclamations.
    """
    days = calendar(country, subdivision)
    if not days.start_year <= year <= days.end_year:
        return {}
    own = country_holidays(country, subdiv=subdivision or None, years=year, language=days.default_language)
    return {on: _govuk_name(name) for on, name in sorted(own.items()) if on.year == year}


def _govuk_name(name: str) -> str:
    plain = name.removesuffix(_OBSERVED)
    suffix = " (substitute day)" if name.endswith(_OBSERVED) else ""
    return _GOVUK_NAMES.get(plain, plain) + suffix
