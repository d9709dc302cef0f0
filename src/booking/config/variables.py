"""Variables of the environment, read strictly: every fault is named, and no value is ever shown."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, urlsplit

from booking.faults import Explained

T = TypeVar("T")

LARGEST_PORT = 65_535
MOST_REQUESTS = 1_000_000_000  # a minute
SHORTEST_SECRET = 32  # bytes: RFC 7518, section 3.2, asks for a key as long as SHA-256's output


FILE = "_FILE"
SECRETS = (
    *("DATABASE_URL", "BOOKING_MIGRATION_DATABASE_URL", "BOOKING_SMTP_URL", "BOOKING_INBOUND_SECRETS"),
    *("BOOKING_AUTH_HS256_SECRET", "BOOKING_AUTH_HS256_SECRETS_BEFORE"),
    *("BOOKING_AUDIT_SECRET", "BOOKING_AUDIT_SECRETS_BEFORE", "BOOKING_SECRETS_KEY", "BOOKING_SECRETS_KEYS_BEFORE"),
    *("BOOKING_WHATSAPP_TOKEN", "BOOKING_WHATSAPP_APP_SECRET", "BOOKING_WHATSAPP_VERIFY_TOKEN"),
)
"""Variables that a file may hold, which the same name with FILE behind it names."""


class ConfigurationError(Explained):
    """The environment is not fit to start with; says everything that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        if len(faults) == 1:
            super().__init__(f"the configuration has a fault: {faults[0]}")
        else:
            super().__init__("the configuration has faults:\n" + "\n".join(f"  - {fault}" for fault in faults))


class InvalidValue(ValueError):
    """The text is no value of its variable; says why, and shows nothing of it."""


@contextmanager
def reading(environment: Mapping[str, str] | None = None) -> Iterator["Variables"]:
    """Read variables, of the process unless others are given; ConfigurationError for all that is wrong with them."""
    variables = Variables(os.environ if environment is None else environment)
    yield variables
    if variables.faults:
        raise ConfigurationError(variables.faults)


def secrets_changed(environment: Mapping[str, str]) -> Mapping[str, float]:
    """Return when the files of secrets were changed, in seconds since 1970, by the names of these."""
    files = {name: environment[f"{name}{FILE}"] for name in SECRETS if environment.get(f"{name}{FILE}")}
    return {name: Path(file).stat().st_mtime for name, file in files.items()}


class Variables:
    """Variables that are read one by one; their faults are collected. An empty variable counts as unset."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def miss(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)

    def text(self, name: str) -> str | None:
        given, file = self._given(name), self._given(f"{name}{FILE}") if name in SECRETS else None
        if file is None:
            return given
        if given is not None:
            self.miss(f"{name} and {name}{FILE} are both set: leave one of them out")
        return self._within(f"{name}{FILE}", Path(file))

    def _given(self, name: str) -> str | None:
        return self._environment.get(name, "").strip() or None

    def _within(self, name: str, file: Path) -> str | None:
        try:
            text = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError, ValueError):
            self.miss(f"{name} names a file that cannot be read")
            return None
        if not text:
            self.miss(f"{name} names an empty file")
        return text or None

    def secret(self, name: str, *, required: bool = True) -> str | None:
        text = self.text(name)
        if text is None:
            if required:
                self.miss(f"{name} is required")
        elif len(text.encode()) < SHORTEST_SECRET:
            self.miss(f"{name} must have at least {SHORTEST_SECRET} bytes")
        return text

    def secrets(self, name: str) -> tuple[str, ...]:
        """Former secrets, separated by white space."""
        secrets = tuple((self.text(name) or "").split())
        if any(len(secret.encode()) < SHORTEST_SECRET for secret in secrets):
            self.miss(f"{name} must have at least {SHORTEST_SECRET} bytes in each secret")
        return secrets

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        self.miss(f"{name} must be a number from {least} to {most}")
        return default

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        text = self.text(name)
        if text is None:
            return default
        if text.lower() in choices:
            return text.lower()
        self.miss(f"{name} must be one of {', '.join(choices)}")
        return default

    def url(self, name: str) -> str | None:
        text = self.text(name)
        if text is None or (text.startswith(("http://", "https://")) and _parts(text).hostname):
            return text
        self.miss(f"{name} must be an http:// or https:// URL")
        return None

    def postgres(self, name: str) -> str | None:
        """A URL as every PostgreSQL client takes it; SQLAlchemy's form of it is taken too."""
        text = self.text(name)
        if text is None:
            return None
        scheme, separator, rest = text.partition("://")
        if separator and scheme in {"postgres", "postgresql", "postgresql+asyncpg"} and _addresses(text):
            return f"postgresql://{rest}"
        self.miss(f"{name} must be a postgresql:// URL; in a password, write / ? # @ as %2F %3F %23 %40")
        return None

    def one(self, name: str, read: Callable[[str], T]) -> T | None:
        """Read a value; the fault that `read` raises shows nothing of it."""
        text = self.text(name)
        try:
            return None if text is None else read(text)
        except InvalidValue as error:
            self.miss(f"{name} {error}")
            return None

    def each(self, name: str, read: Callable[[str], T]) -> tuple[T, ...]:
        """Read values between commas; the fault that `read` raises shows nothing of a value."""
        given = [text.strip() for text in (self.text(name) or "").split(",") if text.strip()]
        found = []
        for number, text in enumerate(given, 1):
            try:
                found.append(read(text))
            except InvalidValue as error:
                self.miss(f"{name}: number {number} {error}")
        return tuple(found)


def _parts(url: str) -> SplitResult:
    """Of what is no URL at all, none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - read for what it raises
    except ValueError:
        return urlsplit("")
    return parts


def _addresses(url: str) -> bool:
    """Whether it names hosts and ports that can be: PostgreSQL's clients take several, separated by commas. What
    follows a /, ? or # in a password would be taken for the database's name, and shown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    named = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if parts.fragment or any("@" in text for text in (parts.path, *named)):
        return False
    hosts = parts.netloc.rpartition("@")[2].split(",")
    found = [re.fullmatch(r"(?:\[[^]]*]|[^:\s]*)(?::(\d{1,5})?)?", host) for host in hosts]
    return all(one and int(one[1] or 0) <= LARGEST_PORT for one in found)
