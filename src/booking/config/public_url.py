"""Address under which people reach this service, as it is configured: links are made from it, and never from a Host."""

from urllib.parse import urlsplit

from booking.config.variables import InvalidValue

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class InvalidPublicUrl(InvalidValue):
    """The text is no address for links; says why, and shows nothing of it."""


def read_public_url(text: str) -> str:
    """Return the address without a slash at its end; InvalidPublicUrl."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - read for what it raises
    except ValueError:
        raise InvalidPublicUrl("is no URL") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or not text.isascii() or not text.isprintable() or " " in text:
        raise InvalidPublicUrl("must be an https:// URL, or an http:// one of this machine")
    if parts.username is not None or parts.query or parts.fragment or text.endswith(("?", "#")):
        raise InvalidPublicUrl("has no user, query or fragment")
    return text.rstrip("/")
