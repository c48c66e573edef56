"""Reading a request: its key, its token, its query and its JSON, before anybody asks what it means."""

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from booking.api.problems import InvalidError, ProblemError

_KEY = re.compile(r"[!-~]{1,200}")
_BEARER = re.compile(r"bearer +([^ ]+) *", re.IGNORECASE)


def idempotency_key() -> str:
    """Return the key that a program gave its booking.

    Raises:
        ProblemError: There is none, or it is not 1 to 200 visible ASCII characters.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise ProblemError("bad-key", "Send an Idempotency-Key of 1 to 200 visible ASCII characters.")
    return key


def bearer_token() -> str | None:
    """Return the token that a program shows, None when there is none in the one form."""
    match = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    return match[1] if match else None


def query() -> dict[str, str]:
    """Return what the address asks for; what is left empty counts as left out.

    Raises:
        InvalidError: Something is asked twice, so that it is not known what is meant.
    """
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise InvalidError({name: ["is there more than once"] for name in twice})
    return {name: value for name, value in request.args.items() if value}


def json_object(*, may_be_empty: bool = False) -> dict[str, object]:
    """Return the body, which must be a JSON object; no body at all is an empty one if it may be.

    Raises:
        ProblemError: It cannot be read.
        InvalidError: It is JSON of another kind.
        werkzeug.exceptions.HTTPException: It is too large, or of another media type.
    """
    content = _content()
    if may_be_empty and not content:
        return {}
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype != "application/json" or charset.casefold() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType
    try:
        value = json.loads(content.decode(), object_pairs_hook=_without_doubles, parse_constant=_no_constant)
        for text in _texts(value):
            _check(text)
    except _UnfitError as error:
        raise ProblemError("unreadable", str(error)) from error
    except (ValueError, RecursionError) as error:
        raise ProblemError("unreadable", "The body is not JSON in UTF-8.") from error
    if not isinstance(value, dict):
        raise InvalidError({"body": ["must be a JSON object"]})
    return value


def _content() -> bytes:
    content = request.get_data(cache=False)
    # A body that does not say how long it is ends for Werkzeug where the limit is: is there more?
    most = request.max_content_length
    if request.content_length is None and most is not None and len(content) >= most:
        more: bytes = request.environ["wsgi.input"].read(1)
        if more:
            raise RequestEntityTooLarge
    return content


class _UnfitError(Exception):
    """It is JSON of a kind that readers understand differently, or that no database keeps."""


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _UnfitError("An object of the body has a key twice.")
    return found


def _no_constant(_name: str) -> None:
    raise _UnfitError("NaN and Infinity are not JSON.")


def _texts(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case list(items):
                waiting.extend(items)
            case dict(members):
                waiting.extend(members)
                waiting.extend(members.values())


def _check(text: str) -> None:
    if "\0" in text:
        raise _UnfitError("A text of the body has a NUL in it.")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _UnfitError("A text of the body has half a character in it.")
