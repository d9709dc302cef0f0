"""Preconditions: entity tags of versions, so that two people do not overwrite each other (RFC 9110, section 13.1.1)."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request

from booking.domain.refusals import InvalidHeader, PreconditionFailed, PreconditionRequired

AnyRequest = Request[Any, Any, Any]
Look = Callable[[], Awaitable[int]]
"""Looks up the current version."""

_TAGS = re.compile(r'[ \t,]*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*(?:,[ \t,]*|$))+')
_WITH_ABOVE = re.compile(r'\.[0-9]+"\Z')
_TAG = re.compile(r'(W/)?("[^"]*")')


def tag(version: int, above: int = 0) -> str:
    """Make the tag of a version. `above`: the version of what is shown with it, and not written with it."""
    return f'"{version}.{above}"' if above else f'"{version}"'


async def expected(request: AnyRequest, look: Look) -> int | None:
    """Return the current version if the caller has seen it, so that the write asks for that version alone.

    None where any will do. PreconditionFailed, and InvalidHeader.
    """
    tags = _tags(request)
    if tags is None:
        return None
    version = await look()
    if tag(version) not in tags:
        raise PreconditionFailed
    return version


async def seen(request: AnyRequest, look: Look) -> int:
    """Return the current version, which the caller has to have seen; for `*` any is as good."""
    if "if-match" not in request.headers:
        raise PreconditionRequired
    version = await expected(request, look)
    return await look() if version is None else version


def _tags(request: AnyRequest) -> frozenset[str] | None:
    """Return the strong tags of If-Match, for weak ones never match; None where any version will do."""
    given = request.headers.getall("if-match", [])
    tags = ", ".join(given)
    if not given or tags.strip() == "*":
        return None
    if not _TAGS.fullmatch(tags):
        raise InvalidHeader('If-Match must be *, or entity tags such as "3"')
    return frozenset(_WITH_ABOVE.sub('"', tag) for weak, tag in _TAG.findall(tags) if not weak)
