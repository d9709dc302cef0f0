"""Configuration: whether `booking serve` would start with it."""

import os
from collections.abc import Iterator

from booking.cli.environment import unknown_settings
from booking.cli.examinations.diagnosis import Diagnosis
from booking.config import Settings
from booking.config.variables import ConfigurationError
from booking.tracing.lifetime import installed

ABOUT = "configuration"
SEE = "see docs/configuration.md"


def configuration() -> tuple[Settings | None, list[Diagnosis]]:
    """Return the settings, None where they are faulty, and the diagnoses."""
    try:
        settings = Settings.read()
    except ConfigurationError as error:
        return None, [Diagnosis(ABOUT, fault, SEE, fault=True) for fault in error.faults]
    return settings, [
        *_of(settings),
        *(Diagnosis(ABOUT, fault, SEE, fault=True) for fault in unknown_settings(os.environ)),
    ]


def _of(settings: Settings) -> Iterator[Diagnosis]:
    channels = [
        name
        for name, provider in (
            ("e-mail", settings.mail),
            ("SMS", settings.phones.sms),
            ("WhatsApp", settings.phones.whatsapp),
        )
        if provider is not None
    ]
    yield Diagnosis(ABOUT, f"people are told by {', '.join(channels)}" if channels else "nobody is told of anything")
    if settings.metrics_port is None:
        yield Diagnosis(ABOUT, "no metrics are served", "set BOOKING_METRICS_PORT")
    if settings.trace.url is not None and not installed():
        yield Diagnosis(
            ABOUT, "traces cannot be sent", "install booking[trace], or unset BOOKING_TRACE_URL", fault=True
        )
    if settings.secrets_key is None:
        yield Diagnosis(ABOUT, "no secrets are kept", "set BOOKING_SECRETS_KEY for webhooks and access notes")
    if settings.links.public_url is None:
        yield Diagnosis(ABOUT, "messages have no links", "set BOOKING_PUBLIC_URL")
