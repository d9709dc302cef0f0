"""How people sign in to the page: the project of Supabase that knows them."""

import json
from base64 import urlsafe_b64decode
from contextlib import suppress
from dataclasses import dataclass

from booking.config.origins import InvalidOrigin, read_origin
from booking.config.public_url import InvalidPublicUrl, read_public_url
from booking.config.variables import InvalidValue, Variables


class InvalidKey(InvalidValue):
    """The text is a key that no browser may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Both or neither are set."""

    supabase_url: str | None = None
    supabase_key: str | None = None

    @property
    def issuer(self) -> str | None:
        """Return the origin that the page signs in at."""
        return None if self.supabase_url is None else _origin(self.supabase_url)


def web_of(variables: Variables) -> WebSettings:
    found = WebSettings(
        supabase_url=variables.one("BOOKING_WEB_SUPABASE_URL", _url),
        supabase_key=variables.one("BOOKING_WEB_SUPABASE_KEY", _public_key),
    )
    if bool(variables.text("BOOKING_WEB_SUPABASE_URL")) != bool(variables.text("BOOKING_WEB_SUPABASE_KEY")):
        variables.miss("BOOKING_WEB_SUPABASE_URL and BOOKING_WEB_SUPABASE_KEY belong together: set both or neither")
    return found


def _url(text: str) -> str:
    url = read_public_url(text)
    if "*" in _origin(url):
        raise InvalidPublicUrl("names one project")
    return url


def _origin(url: str) -> str:
    """Return what the page's policy names; InvalidPublicUrl for what it would read as more than a name."""
    try:
        return read_origin("/".join(url.split("/", 3)[:3]))
    except InvalidOrigin:
        raise InvalidPublicUrl("must be an https:// URL, or an http:// one of this machine") from None


def _public_key(text: str) -> str:
    """Return a key that may be in a page; InvalidKey for one that opens all of the project."""
    if text.startswith("sb_secret_") or _role(text) not in (None, "anon"):
        raise InvalidKey("is a secret key, which the page would show to everybody: use the anon or publishable one")
    return text


def _role(key: str) -> object:
    with suppress(ValueError, IndexError, AttributeError):
        payload = key.split(".")[1]
        return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).get("role")
    return None
