"""Every setting with its default and its help, read once from the environment and then frozen."""

import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent
_SHORTEST_KEY = 32
_DEFAULT_PORT = 8000
# In a checkout the instance folder is the checkout's; an installed wheel uses the working directory's.
_HOME = _CHECKOUT if (_CHECKOUT / "pyproject.toml").exists() else Path.cwd()


class BadSettingError(Exception):
    """A setting cannot be used. Says which one, what is wrong and what is allowed."""


def shipped(name: str) -> Path:
    """Return where ``templates`` or ``schedule.toml`` lies: in a checkout, or inside a wheel."""
    packed = _PACKAGE / name
    return packed if packed.exists() else _CHECKOUT / name


def _setting(name: str, default: str, help_: str) -> Any:  # noqa: ANN401  (stands where a str stands)
    return field(metadata={"name": name, "default": default, "help": help_})


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be set from outside. Values are as given; the properties say what they mean."""

    instance: Path = _setting(
        "BOOKING_INSTANCE",
        "instance/ of the checkout",
        "folder of the database and the secret key; private to its owner",
    )
    schedule: Path = _setting(
        "BOOKING_SCHEDULE",
        "<instance>/schedule.toml if it is there, else the shipped schedule.toml",
        "the practice's standing rules",
    )
    database_url: str = _setting(
        "BOOKING_DATABASE_URL",
        "sqlite:///<instance>/booking.sqlite3",
        "any SQLAlchemy address; PostgreSQL is supported (postgresql://…)",
    )
    secret_key: str = _setting(
        "BOOKING_SECRET_KEY",
        "<instance>/secret_key, made on the first run",
        f"signs sessions and links; at least {_SHORTEST_KEY} characters",
    )
    base_url: str = _setting(
        "BOOKING_BASE_URL",
        "http://127.0.0.1:<port>",
        "the address in every link that leaves the app",
    )
    mail: str = _setting(
        "BOOKING_MAIL",
        "spool:",
        "where mail will go, spool: or smtp://user:password@host:587; this version writes none",
    )
    mail_from: str = _setting(
        "BOOKING_MAIL_FROM",
        "bookings@<website's host>",
        "the sender of the practice's mail, when it writes any",
    )
    rate_limit: str = _setting(
        "BOOKING_RATE_LIMIT",
        "60/hour 20/minute 6/hour-per-telephone",
        "limits on what the public may write; off for a load test",
    )
    proxies: int = _setting(
        "BOOKING_PROXIES", "0", "how many proxies in front to trust for the address and the scheme"
    )
    sources: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, *, port: int = _DEFAULT_PORT
    ) -> Self:
        """Read the settings; what is not set, or set to nothing, has its default.

        The instance folder and the secret key are made when they are missing.

        Raises:
            BadSettingError: One of them cannot be used.
        """
        given = {name: value for name in setting_names() if (value := environment.get(name, "").strip())}
        instance = Path(given.get("BOOKING_INSTANCE", _HOME / "instance")).absolute()
        _make_private(instance)
        own_schedule = instance / "schedule.toml"
        return cls(
            instance=instance,
            schedule=Path(
                given.get(
                    "BOOKING_SCHEDULE", own_schedule if own_schedule.exists() else shipped("schedule.toml")
                )
            ).absolute(),
            database_url=_database_url(given, instance),
            secret_key=_secret_key(given, instance),
            base_url=_base_url(given, port),
            mail=_mail(given.get("BOOKING_MAIL", "spool:")),
            mail_from=given.get("BOOKING_MAIL_FROM", ""),
            rate_limit=given.get("BOOKING_RATE_LIMIT", "60/hour 20/minute 6/hour-per-telephone"),
            proxies=_proxies(given.get("BOOKING_PROXIES", "0")),
            sources={name: "environment" if name in given else "default" for name in setting_names()},
        )

    def rows(self) -> list[dict[str, str]]:
        """Return name, value, source, default and help of each setting, secrets left out."""
        return [
            {
                "name": one.metadata["name"],
                "value": self._shown(one.name),
                "source": self.sources.get(one.metadata["name"], "default"),
                "default": one.metadata["default"],
                "help": one.metadata["help"],
            }
            for one in _setting_fields()
        ]

    def _shown(self, name: str) -> str:
        if name == "secret_key":
            return "(not shown)"
        shown = re.sub(r"(://[^:/?]*):.*@", r"\1:…@", str(getattr(self, name)))
        return re.sub(r"(?i)(password=)[^&]*", r"\1…", shown)


def _setting_fields() -> list[Any]:
    return [one for one in fields(Settings) if "name" in one.metadata]


def setting_names() -> list[str]:
    """Return the name of every setting."""
    return [one.metadata["name"] for one in _setting_fields()]


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise BadSettingError(
            f"BOOKING_INSTANCE: {folder} cannot be used as a folder ({error.strerror})."
        ) from error


def _database_url(given: Mapping[str, str], instance: Path) -> str:
    url = given.get("BOOKING_DATABASE_URL", f"sqlite:///{instance / 'booking.sqlite3'}")
    if "://" not in url:
        raise BadSettingError(
            "BOOKING_DATABASE_URL: must be an address like sqlite:////folder/file.sqlite3 or "
            "postgresql://user:password@host/database."
        )
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def _secret_key(given: Mapping[str, str], instance: Path) -> str:
    key = given.get("BOOKING_SECRET_KEY")
    if key is None:
        key = _kept_key(instance / "secret_key")
    if len(key) < _SHORTEST_KEY:
        raise BadSettingError(f"BOOKING_SECRET_KEY: must have at least {_SHORTEST_KEY} characters.")
    return key


def _kept_key(file: Path) -> str:
    try:
        if not file.exists():
            _make_key(file)
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise BadSettingError(
                f"BOOKING_SECRET_KEY: {file} may be read by others; make it readable by its owner only."
            )
        return file.read_text().strip()
    except OSError as error:
        raise BadSettingError(f"BOOKING_SECRET_KEY: {file} cannot be read ({error.strerror}).") from error


def _make_key(file: Path) -> None:
    """Make the key whole before it has its name: two processes may start at once."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as new:
        new.write(secrets.token_urlsafe(48))
        new.flush()
        with suppress(FileExistsError):
            os.link(new.name, file)


def _split(address: str) -> SplitResult | None:
    """Take an address apart, None when it is none or names no host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts if parts.hostname else None


def _base_url(given: Mapping[str, str], port: int) -> str:
    url = given.get("BOOKING_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise BadSettingError(
            "BOOKING_BASE_URL: must be an address like https://bookings.example, found something else."
        )
    return url


def _mail(value: str) -> str:
    parts = _split(value)
    if value != "spool:" and (parts is None or parts.scheme not in {"smtp", "smtps"}):
        raise BadSettingError("BOOKING_MAIL: must be spool:, smtp://… or smtps://….")
    return value


def _proxies(value: str) -> int:
    if not re.fullmatch(r"[0-9]", value):
        raise BadSettingError("BOOKING_PROXIES: must be a number from 0 to 9.")
    return int(value)
