"""What is wrong with a schedule, as people can use it: where, what was found, what is allowed."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from booking.sources.schedule_model import ScheduleFile

_LONGEST_FOUND = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the key's path (counted from 0), the value found, what is allowed."""

    path: str
    found: str | None
    message: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        found = f" (found {self.found})" if self.found is not None else ""
        return f"{self.path}: {self.message}{found}" if self.path else self.message


_EXPECTED = {
    "string_type": "must be text in quotation marks",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "none_required": "must not be here",
}


def model_faults(error: ValidationError) -> Iterator[Fault]:
    """Yield what pydantic found, in our words, each path once."""
    seen = set()
    for one in error.errors(include_url=False):
        place = list(one["loc"])
        fault = Fault(_path(place), found(one["type"], one["input"]), _message(one, place))
        if (fault.path, fault.message) not in seen:
            seen.add((fault.path, fault.message))
            yield fault


def _path(place: list[int | str]) -> str:
    path = ""
    for part in place:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            key = part if re.fullmatch("[A-Za-z0-9_-]+", part) else f'"{part}"'
            path += f".{key}" if path else key
    return path


def found(kind: str, value: object) -> str | None:
    """Return a found value as the report shows it, short; None where a value is missing."""
    if kind == "missing":
        return None
    if isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, list | dict):
        text = f"a {'list' if isinstance(value, list) else 'table'} of {len(value)}"
    elif isinstance(value, int) and value.bit_length() > _LONGEST_FOUND:
        text = "a very large number"
    else:
        text = str(value)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"


def _message(one: Any, place: list[int | str]) -> str:  # noqa: ANN401  (pydantic's own dict)
    kind, facts = one["type"], one.get("ctx", {})
    match kind:
        case "schedule":
            return str(facts["text"])
        case "missing":
            return "is required"
        case "extra_forbidden":
            return "is no key of the schedule" + did_you_mean(str(place[-1]), _keys_beside(place))
        case "greater_than_equal":
            return f"must be at least {facts['ge']}"
        case "less_than_equal":
            return f"must be at most {facts['le']}"
        case "string_too_long" | "too_long":
            return f"must be at most {facts['max_length']} characters"
        case "literal_error":
            return f"must be {facts['expected']}".replace("'", '"')
    return _EXPECTED.get(kind, str(one["msg"]))


def did_you_mean(word: str, allowed: list[str]) -> str:
    """Return the question after an unknown word, or what is allowed."""
    close = difflib.get_close_matches(word, allowed, n=1)
    return f'; did you mean "{close[0]}"?' if close else f"; allowed are: {', '.join(allowed)}"


def _keys_beside(place: list[int | str]) -> list[str]:
    """Return the keys of the table in which a key stands."""
    model: type[BaseModel] = ScheduleFile
    for part in place[:-1]:
        if isinstance(part, str):
            names = {field.alias or name: field for name, field in model.model_fields.items()}
            inner = [kind for kind in _models_in(names[part].annotation) if issubclass(kind, BaseModel)]
            model = inner[0]
    return [field.alias or name for name, field in model.model_fields.items() if name != "saturday"]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  (a type expression)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)
