"""Configuration: the environment, read once. Called by `cli`; start at settings.py.

variables.py reads and collects faults; each of the other modules knows one kind of value, and its own faults.
"""

from booking.config.settings import (
    AuthSettings,
    InboundSettings,
    LinkSettings,
    Settings,
    audit_secrets,
    auth_settings,
    database_urls,
    known_settings,
    mail_settings,
    queue_url,
)

__all__ = [
    "AuthSettings",
    "InboundSettings",
    "LinkSettings",
    "Settings",
    "audit_secrets",
    "auth_settings",
    "database_urls",
    "known_settings",
    "mail_settings",
    "queue_url",
]
