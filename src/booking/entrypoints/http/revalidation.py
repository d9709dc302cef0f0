"""Entity tags of answers, and 304 for a viewer who has this answer already (RFC 9110, section 13.1.2)."""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

_TAGS = re.compile(rb'[ \t,]*(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)')
_DIGEST = 16  # bytes
_NOT_MODIFIED = 304

Headers = Sequence[tuple[bytes, bytes]]


def revalidated(
    asked: Iterable[tuple[bytes, bytes]], status: int, headers: Headers, body: bytes
) -> tuple[int, Headers, bytes]:
    """Return a 200 with its tag, or a 304 where If-None-Match has that tag; any other answer as it is.

    The tag is the handler's own, or else the digest of the body: as this viewer sees it, with actions and deadlines.
    """
    if status != 200:
        return status, headers, body
    tag = next((value for name, value in headers if name == b"etag"), None)
    if tag is None:
        tag = b'"%s"' % sha256(body).hexdigest()[: 2 * _DIGEST].encode()
        headers = [*headers, (b"etag", tag)]
    if any(name == b"if-none-match" and _has(value, tag) for name, value in asked):
        return _NOT_MODIFIED, [header for header in headers if header[0] != b"content-type"], b""
    return status, headers, body


def _has(given: bytes, tag: bytes) -> bool:
    """Tell whether a list of tags has this one, by the weak comparison. Ill-formed lists have none."""
    if given.strip() == b"*":
        return True
    place, tags = 0, []
    while found := _TAGS.match(given, place):
        tags.append(found[1])
        place = found.end()
    return tag in tags and not given[place:].strip(b" \t,")
