"""Settings: read once from the environment, every fault named at once, no secret ever shown."""

import os
import re
import sys
from collections import UserDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import SplitResult, parse_qsl, urlsplit

from booking.events_target import EventsTarget, InvalidTarget, read_events_target
from booking.faults import Explained
from booking.mail_provider import InvalidProvider, MailSettings, read_mail_server, read_sender_address
from booking.origins import InvalidOrigin, read_origin
from booking.proxies import InvalidNetwork, Network, read_network
from booking.senders import InvalidSender, Sender, read_sender, together

T = TypeVar("T")

LOG_FORMATS = ("json", "console")
PLANS = ("generic", "auto")  # see `adapters/postgres/engine/sessions.py`
LOG_LEVELS = ("debug", "info", "warning", "error")
LARGEST_PORT = 65_535
MOST_REQUESTS = 1_000_000_000  # a minute
SHORTEST_SECRET = 32  # bytes: RFC 7518, section 3.2, asks for a key as long as SHA-256's output


class ConfigurationError(Explained):
    """The environment is not fit to start with; says everything that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        if len(faults) == 1:
            super().__init__(f"the configuration has a fault: {faults[0]}")
        else:
            super().__init__("the configuration has faults:\n" + "\n".join(f"  - {fault}" for fault in faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthSettings:
    """`hs256_secret`, `jwks_url` or both are set."""

    hs256_secret: str | None = field(default=None, repr=False)
    hs256_secrets_before: tuple[str, ...] = field(default=(), repr=False)
    jwks_url: str | None = None
    issuer: str | None = None
    audience: str = "authenticated"
    trust_email: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundSettings:
    """Senders by HTTP, requests a minute of an address, and proxies whose `X-Forwarded-For` tells it."""

    senders: tuple[Sender, ...] = ()
    address_limit: int = 6_000
    trusted_proxies: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    database_url: str = field(repr=False)
    migration_database_url: str = field(repr=False)
    auth: AuthSettings
    audit_secret: str = field(repr=False)
    audit_secrets_before: tuple[str, ...] = field(default=(), repr=False)
    secrets_key: str | None = field(default=None, repr=False)
    secrets_keys_before: tuple[str, ...] = field(default=(), repr=False)
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    metrics_port: int | None = None
    workers: int = 1
    drain_seconds: int = 3
    relay_lease_seconds: int = 30
    webhooks_in_flight: int = 5
    person_limit: int = 60_000
    organization_limit: int = 600_000
    writes_limit: int = 600
    plans: str = "generic"
    inbound: InboundSettings = field(default_factory=InboundSettings)
    mail: MailSettings | None = None
    sqs_queue_url: str | None = None
    events_target: EventsTarget | None = None
    cors_origins: tuple[str, ...] = ()
    log_level: str = "info"
    log_format: str = "json"

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The settings, or ConfigurationError that names every fault."""
        reader = _Reader(os.environ if environment is None else environment)
        database_url = reader.postgres("DATABASE_URL") or ""
        if not database_url:
            reader.miss("DATABASE_URL is required")
        settings = cls(
            database_url=database_url,
            migration_database_url=reader.postgres("BOOKING_MIGRATION_DATABASE_URL") or database_url,
            auth=reader.auth(),
            audit_secret=reader.secret("BOOKING_AUDIT_SECRET") or "",
            audit_secrets_before=reader.secrets("BOOKING_AUDIT_SECRETS_BEFORE"),
            secrets_key=reader.secret("BOOKING_SECRETS_KEY", required=False),
            secrets_keys_before=reader.secrets("BOOKING_SECRETS_KEYS_BEFORE"),
            http_host=reader.text("BOOKING_HTTP_HOST") or "127.0.0.1",
            http_port=reader.number("BOOKING_HTTP_PORT", 8000, 0, LARGEST_PORT),
            metrics_port=reader.number("BOOKING_METRICS_PORT", 0, 1, LARGEST_PORT) or None,
            workers=reader.number("BOOKING_WORKERS", 1, 1, 64),
            drain_seconds=reader.number("BOOKING_DRAIN_SECONDS", 3, 0, 8),
            relay_lease_seconds=reader.number("BOOKING_RELAY_LEASE_SECONDS", 30, 1, 60),
            webhooks_in_flight=reader.number("BOOKING_WEBHOOKS_IN_FLIGHT", 5, 1, 100),
            person_limit=reader.number("BOOKING_LIMIT_PERSON", 60_000, 0, MOST_REQUESTS),
            organization_limit=reader.number("BOOKING_LIMIT_ORGANIZATION", 600_000, 0, MOST_REQUESTS),
            writes_limit=reader.number("BOOKING_LIMIT_WRITES", 600, 0, MOST_REQUESTS),
            plans=reader.choice("BOOKING_PLANS", PLANS, "generic"),
            inbound=reader.inbound(),
            mail=reader.mail(),
            sqs_queue_url=reader.url("BOOKING_SQS_QUEUE_URL"),
            events_target=reader.events_target(),
            cors_origins=reader.each("BOOKING_CORS_ORIGINS", read_origin),
            log_level=reader.choice("BOOKING_LOG_LEVEL", LOG_LEVELS, "info"),
            log_format=reader.choice("BOOKING_LOG_FORMAT", LOG_FORMATS, "console" if sys.stderr.isatty() else "json"),
        )
        if reader.faults:
            raise ConfigurationError(reader.faults)
        return settings


def database_urls(environment: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The serving and the migrating URL, for commands that need no more; ConfigurationError."""
    reader = _Reader(os.environ if environment is None else environment)
    serving = reader.postgres("DATABASE_URL")
    if not serving and not reader.faults:
        reader.miss("DATABASE_URL is required")
    migrating = reader.postgres("BOOKING_MIGRATION_DATABASE_URL")
    if reader.faults or not serving:
        raise ConfigurationError(reader.faults)
    return serving, migrating or serving


def queue_url(environment: Mapping[str, str] | None = None) -> str | None:
    """The queue's URL, or None, for the commands that need no more; ConfigurationError."""
    reader = _Reader(os.environ if environment is None else environment)
    url = reader.url("BOOKING_SQS_QUEUE_URL")
    if reader.faults:
        raise ConfigurationError(reader.faults)
    return url


def auth_settings(environment: Mapping[str, str] | None = None) -> AuthSettings:
    """How tokens are verified, for the command that needs no more; ConfigurationError."""
    reader = _Reader(os.environ if environment is None else environment)
    auth = reader.auth()
    if reader.faults:
        raise ConfigurationError(reader.faults)
    return auth


def mail_settings(environment: Mapping[str, str] | None = None) -> MailSettings | None:
    """The provider of e-mail, or None, for the command that needs no more; ConfigurationError."""
    reader = _Reader(os.environ if environment is None else environment)
    mail = reader.mail()
    if reader.faults:
        raise ConfigurationError(reader.faults)
    return mail


def known_settings(environment: Mapping[str, str]) -> set[str]:
    """Return the names of all settings, as they are asked for when this environment is read."""
    recorder = _Recorder(environment)
    with suppress(ConfigurationError):
        Settings.read(recorder)
    return recorder.asked


class _Recorder(UserDict[str, str]):
    """An environment that notes which names are asked for."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def audit_secrets(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The newest, then the former ones, for the command that needs no more; ConfigurationError."""
    reader = _Reader(os.environ if environment is None else environment)
    secret, before = reader.secret("BOOKING_AUDIT_SECRET"), reader.secrets("BOOKING_AUDIT_SECRETS_BEFORE")
    if reader.faults or secret is None:
        raise ConfigurationError(reader.faults)
    return secret, *before


class _Reader:
    """Reads variables one by one and collects what is wrong with them. An empty variable counts as unset."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def miss(self, fault: str) -> None:
        self.faults.append(fault)

    def text(self, name: str) -> str | None:
        return self._environment.get(name, "").strip() or None

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
        except InvalidProvider as error:
            self.miss(f"{name} {error}")
            return None

    def each(self, name: str, read: Callable[[str], T]) -> tuple[T, ...]:
        """Read values between commas; the fault that `read` raises shows nothing of a value."""
        given = [text.strip() for text in (self.text(name) or "").split(",") if text.strip()]
        found = []
        for number, text in enumerate(given, 1):
            try:
                found.append(read(text))
            except (InvalidOrigin, InvalidNetwork, InvalidSender) as error:
                self.miss(f"{name}: number {number} {error}")
        return tuple(found)

    def inbound(self) -> InboundSettings:
        senders = self.each("BOOKING_INBOUND_SECRETS", read_sender)
        try:
            senders = together(senders)
        except InvalidSender as error:
            self.miss(f"BOOKING_INBOUND_SECRETS: {error}")
        return InboundSettings(
            senders=senders,
            address_limit=self.number("BOOKING_LIMIT_ADDRESS", 6_000, 0, MOST_REQUESTS),
            trusted_proxies=self.each("BOOKING_TRUSTED_PROXIES", read_network),
        )

    def events_target(self) -> EventsTarget | None:
        text = self.text("BOOKING_EVENTS_TARGET")
        try:
            return None if text is None else read_events_target(text)
        except InvalidTarget as error:
            for fault in error.faults:
                self.miss(f"BOOKING_EVENTS_TARGET {fault}")
            return None

    def mail(self) -> MailSettings | None:
        server = self.one("BOOKING_SMTP_URL", read_mail_server)
        sender = self.one("BOOKING_MAIL_FROM", read_sender_address)
        limit = self.number("BOOKING_MAIL_LIMIT", 0, 0, MOST_REQUESTS)
        if (self.text("BOOKING_SMTP_URL") is None) != (self.text("BOOKING_MAIL_FROM") is None):
            self.miss("BOOKING_SMTP_URL and BOOKING_MAIL_FROM are set together, or neither is")
        return MailSettings(server=server, sender=sender, limit=limit) if server and sender else None

    def auth(self) -> AuthSettings:
        secret, jwks_url = self.text("BOOKING_AUTH_HS256_SECRET"), self.url("BOOKING_AUTH_JWKS_URL")
        before = self.secrets("BOOKING_AUTH_HS256_SECRETS_BEFORE")
        if secret is None and self.text("BOOKING_AUTH_JWKS_URL") is None:
            self.miss("BOOKING_AUTH_HS256_SECRET, BOOKING_AUTH_JWKS_URL or both are required")
        if secret is not None and len(secret.encode()) < SHORTEST_SECRET:
            self.miss(f"BOOKING_AUTH_HS256_SECRET must have at least {SHORTEST_SECRET} bytes")
        if secret is not None and "-----BEGIN" in secret:
            self.miss("BOOKING_AUTH_HS256_SECRET is a PEM key: use BOOKING_AUTH_JWKS_URL for public keys")
        if jwks_url is not None and not _private_enough(jwks_url):
            self.miss("BOOKING_AUTH_JWKS_URL must be https:// (http:// on the loopback only)")
        return AuthSettings(
            hs256_secret=secret,
            hs256_secrets_before=before,
            jwks_url=jwks_url,
            issuer=self.text("BOOKING_AUTH_ISSUER"),
            audience=self.text("BOOKING_AUTH_AUDIENCE") or "authenticated",
            trust_email=self.choice("BOOKING_AUTH_TRUST_EMAIL", ("true", "false"), "false") == "true",
        )


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


def _private_enough(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in {"127.0.0.1", "::1", "localhost"}
