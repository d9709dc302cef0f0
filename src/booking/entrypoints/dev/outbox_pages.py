"""Pages of the outbox: HTML without a script, made by templates beside it. All that a message says is escaped."""

import re
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
CSS = (TEMPLATES / "outbox.css").read_text(encoding="utf-8").removesuffix("\n")
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(CSS.encode()).digest()).decode()}'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MESSAGE_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; frame-ancestors 'self'"
)
"""Policy of a message: no script, and nothing loaded from anywhere."""
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
_TAB = '<base target="_blank">'
"""Links of a message open beside it: within its frame they would lead nowhere."""


def page(name: str, **content: Any) -> bytes:
    return _environment().get_template(name).render(**content).encode()


def message_html(html: str) -> bytes:
    """Return a message's HTML, with links that open beside it."""
    found = _HEAD.search(html)
    at = found.end() if found else 0
    return (html[:at] + _TAB + html[at:]).encode()


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["instant"] = _instant
    return made


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
