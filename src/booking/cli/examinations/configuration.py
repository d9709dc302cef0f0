"""Configuration: whether `booking serve` would start with it."""

import os
from collections.abc import Iterator

from booking.cli.environment import unknown_settings
from booking.cli.examinations.finding import Finding
from booking.config import Settings
from booking.config.variables import ConfigurationError

ABOUT = "configuration"
SEE = "see docs/configuration.md"


def configuration() -> tuple[Settings | None, list[Finding]]:
    """Return the settings, None where there are none, and what is to be said of them."""
    try:
        settings = Settings.read()
    except ConfigurationError as error:
        return None, [Finding(ABOUT, fault, SEE, fault=True) for fault in error.faults]
    return settings, [
        *_of(settings),
        *(Finding(ABOUT, fault, SEE, fault=True) for fault in unknown_settings(os.environ)),
    ]


def _of(settings: Settings) -> Iterator[Finding]:
    channels = [
        name
        for name, provider in (
            ("e-mail", settings.mail),
            ("SMS", settings.phones.sms),
            ("WhatsApp", settings.phones.whatsapp),
        )
        if provider is not None
    ]
    yield Finding(ABOUT, f"people are told by {', '.join(channels)}" if channels else "nobody is told of anything")
    if settings.metrics_port is None:
        yield Finding(ABOUT, "no metrics are served", "set BOOKING_METRICS_PORT")
    if settings.secrets_key is None:
        yield Finding(ABOUT, "no secrets are kept", "set BOOKING_SECRETS_KEY for webhooks and access notes")
    if settings.links.public_url is None:
        yield Finding(ABOUT, "messages have no links", "set BOOKING_PUBLIC_URL")
