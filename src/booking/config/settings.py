"""Settings: read once from the environment, every fault named at once, no secret ever shown."""

import sys
from collections import UserDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from booking.config.events_target import EventsTarget, InvalidTarget, Service, read_events_target
from booking.config.mail_provider import MailSettings, mail_of
from booking.config.origins import read_origin
from booking.config.phone_providers import PhoneSettings, WhatsAppSettings, phones_of
from booking.config.proxies import Network, read_network
from booking.config.public_url import read_public_url
from booking.config.senders import InvalidSender, Sender, read_sender, together
from booking.config.trace import TraceSettings, trace_of
from booking.config.variables import (
    LARGEST_PORT,
    MOST_REQUESTS,
    SHORTEST_SECRET,
    ConfigurationError,
    Variables,
    reading,
)
from booking.config.web import WebSettings, web_of

LOG_FORMATS = ("json", "console")
PLANS = ("generic", "auto")  # see `adapters/postgres/engine/sessions.py`
LOG_LEVELS = ("debug", "info", "warning", "error")


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
    """Senders by HTTP, requests a minute of an address, proxies whose `X-Forwarded-For` tells it, and the topic that
    SES reports to.
    """

    senders: tuple[Sender, ...] = ()
    address_limit: int = 6_000
    ses_topic: EventsTarget | None = None
    whatsapp: WhatsAppSettings | None = None
    trusted_proxies: tuple[Network, ...] = ()


SENDER = "visits@booking.example"
"""Of what is sent nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """Address under which people reach this service, and requests a minute of an address of theirs to open links."""

    public_url: str | None = None
    address_limit: int = 120


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
    phones: PhoneSettings = field(default_factory=PhoneSettings)
    links: LinkSettings = field(default_factory=LinkSettings)
    web: WebSettings = field(default_factory=WebSettings)
    trace: TraceSettings = field(default_factory=TraceSettings)
    sqs_queue_url: str | None = None
    events_target: EventsTarget | None = None
    cors_origins: tuple[str, ...] = ()
    log_level: str = "info"
    log_format: str = "json"
    only: str | None = None
    """The part of the service that this instance is for alone: `http`, `consumer`, `relay` or `jobs`."""

    @property
    def sender(self) -> str:
        """Return the operator's address, that all mail is from; in development an example."""
        return self.mail.sender if self.mail else SENDER

    @property
    def limited(self) -> bool:
        """Whether a provider has a limit of messages a minute."""
        return any(one is not None and one.limit for one in (self.mail, self.phones.sms, self.phones.whatsapp))

    @property
    def sends(self) -> bool:
        """Whether a provider of any channel is configured."""
        return any(one is not None for one in (self.mail, self.phones.sms, self.phones.whatsapp))

    @property
    def processes(self) -> int:
        """Return the number of processes: the workers, and one that sends where a provider is configured."""
        return self.workers + (self.sends and self.only in {None, "jobs"})

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The settings, or ConfigurationError that names every fault."""
        with reading(environment) as variables:
            database_url = variables.postgres("DATABASE_URL") or ""
            if not database_url:
                variables.miss("DATABASE_URL is required")
            phones = phones_of(variables)
            return cls(
                database_url=database_url,
                migration_database_url=variables.postgres("BOOKING_MIGRATION_DATABASE_URL") or database_url,
                auth=_auth(variables),
                audit_secret=variables.secret("BOOKING_AUDIT_SECRET") or "",
                audit_secrets_before=variables.secrets("BOOKING_AUDIT_SECRETS_BEFORE"),
                secrets_key=variables.secret("BOOKING_SECRETS_KEY", required=False),
                secrets_keys_before=variables.secrets("BOOKING_SECRETS_KEYS_BEFORE"),
                http_host=variables.text("BOOKING_HTTP_HOST") or "127.0.0.1",
                http_port=variables.number("BOOKING_HTTP_PORT", 8000, 0, LARGEST_PORT),
                metrics_port=variables.number("BOOKING_METRICS_PORT", 0, 1, LARGEST_PORT) or None,
                workers=variables.number("BOOKING_WORKERS", 1, 1, 64),
                drain_seconds=variables.number("BOOKING_DRAIN_SECONDS", 3, 0, 8),
                relay_lease_seconds=variables.number("BOOKING_RELAY_LEASE_SECONDS", 30, 1, 60),
                webhooks_in_flight=variables.number("BOOKING_WEBHOOKS_IN_FLIGHT", 5, 1, 100),
                person_limit=variables.number("BOOKING_LIMIT_PERSON", 60_000, 0, MOST_REQUESTS),
                organization_limit=variables.number("BOOKING_LIMIT_ORGANIZATION", 600_000, 0, MOST_REQUESTS),
                writes_limit=variables.number("BOOKING_LIMIT_WRITES", 600, 0, MOST_REQUESTS),
                plans=variables.choice("BOOKING_PLANS", PLANS, "generic"),
                inbound=_inbound(variables, phones.whatsapp),
                mail=mail_of(variables),
                phones=phones,
                links=LinkSettings(
                    public_url=variables.one("BOOKING_PUBLIC_URL", read_public_url),
                    address_limit=variables.number("BOOKING_LIMIT_LINKS", 120, 0, MOST_REQUESTS),
                ),
                web=web_of(variables),
                trace=trace_of(variables),
                sqs_queue_url=variables.url("BOOKING_SQS_QUEUE_URL"),
                events_target=_target(variables, "BOOKING_EVENTS_TARGET"),
                cors_origins=variables.each("BOOKING_CORS_ORIGINS", read_origin),
                log_level=variables.choice("BOOKING_LOG_LEVEL", LOG_LEVELS, "info"),
                log_format=variables.choice(
                    "BOOKING_LOG_FORMAT", LOG_FORMATS, "console" if sys.stderr.isatty() else "json"
                ),
            )


def database_urls(environment: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The serving and the migrating URL, for commands that need no more; ConfigurationError."""
    with reading(environment) as variables:
        serving = variables.postgres("DATABASE_URL")
        if not serving and not variables.faults:
            variables.miss("DATABASE_URL is required")
        migrating = variables.postgres("BOOKING_MIGRATION_DATABASE_URL")
    return serving or "", migrating or serving or ""


def queue_url(environment: Mapping[str, str] | None = None) -> str | None:
    """The queue's URL, or None, for the commands that need no more; ConfigurationError."""
    with reading(environment) as variables:
        return variables.url("BOOKING_SQS_QUEUE_URL")


def auth_settings(environment: Mapping[str, str] | None = None) -> AuthSettings:
    """How tokens are verified, for the command that needs no more; ConfigurationError."""
    with reading(environment) as variables:
        return _auth(variables)


def mail_settings(environment: Mapping[str, str] | None = None) -> MailSettings | None:
    """The provider of e-mail, or None, for the command that needs no more; ConfigurationError."""
    with reading(environment) as variables:
        return mail_of(variables)


def audit_secrets(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The newest, then the former ones, for the command that needs no more; ConfigurationError."""
    with reading(environment) as variables:
        return variables.secret("BOOKING_AUDIT_SECRET") or "", *variables.secrets("BOOKING_AUDIT_SECRETS_BEFORE")


def known_settings(environment: Mapping[str, str]) -> set[str]:
    """Return the names of all settings, as they are asked for when this environment is read."""
    recorder = _Recorder(environment)
    with suppress(ConfigurationError):
        Settings.read(recorder)
    return recorder.asked


def _inbound(variables: Variables, whatsapp: WhatsAppSettings | None) -> InboundSettings:
    senders = variables.each("BOOKING_INBOUND_SECRETS", read_sender)
    try:
        senders = together(senders)
    except InvalidSender as error:
        variables.miss(f"BOOKING_INBOUND_SECRETS: {error}")
    return InboundSettings(
        senders=senders,
        address_limit=variables.number("BOOKING_LIMIT_ADDRESS", 6_000, 0, MOST_REQUESTS),
        trusted_proxies=variables.each("BOOKING_TRUSTED_PROXIES", read_network),
        ses_topic=_ses_topic(variables),
        whatsapp=whatsapp,
    )


def _ses_topic(variables: Variables) -> EventsTarget | None:
    topic = _target(variables, "BOOKING_SES_TOPIC")
    if topic is not None and topic.service is not Service.SNS:
        variables.miss("BOOKING_SES_TOPIC must name a topic of SNS")
    return topic


def _target(variables: Variables, name: str) -> EventsTarget | None:
    text = variables.text(name)
    try:
        return None if text is None else read_events_target(text)
    except InvalidTarget as error:
        for fault in error.faults:
            variables.miss(f"{name} {fault}")
        return None


def _auth(variables: Variables) -> AuthSettings:
    secret, jwks_url = variables.text("BOOKING_AUTH_HS256_SECRET"), variables.url("BOOKING_AUTH_JWKS_URL")
    before = variables.secrets("BOOKING_AUTH_HS256_SECRETS_BEFORE")
    if secret is None and variables.text("BOOKING_AUTH_JWKS_URL") is None:
        variables.miss("BOOKING_AUTH_HS256_SECRET, BOOKING_AUTH_JWKS_URL or both are required")
    if secret is not None and len(secret.encode()) < SHORTEST_SECRET:
        variables.miss(f"BOOKING_AUTH_HS256_SECRET must have at least {SHORTEST_SECRET} bytes")
    if secret is not None and "-----BEGIN" in secret:
        variables.miss("BOOKING_AUTH_HS256_SECRET is a PEM key: use BOOKING_AUTH_JWKS_URL for public keys")
    if jwks_url is not None and not _private_enough(jwks_url):
        variables.miss("BOOKING_AUTH_JWKS_URL must be https:// (http:// on the loopback only)")
    return AuthSettings(
        hs256_secret=secret,
        hs256_secrets_before=before,
        jwks_url=jwks_url,
        issuer=variables.text("BOOKING_AUTH_ISSUER"),
        audience=variables.text("BOOKING_AUTH_AUDIENCE") or "authenticated",
        trust_email=variables.choice("BOOKING_AUTH_TRUST_EMAIL", ("true", "false"), "false") == "true",
    )


def _private_enough(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in {"127.0.0.1", "::1", "localhost"}


class _Recorder(UserDict[str, str]):
    """An environment that notes which names are asked for."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)
