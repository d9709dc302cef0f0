"""Idempotency keys in requests: read the header, fingerprint the request, render the stored answer."""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from booking.domain.idempotency import MOST_KEPT, Answer, Asked
from booking.domain.people.caller import Caller
from booking.domain.refusals import InvalidHeader, Unavailable
from booking.domain.values import replace
from booking.entrypoints.http.inputs.decoding import says_nothing
from booking.entrypoints.http.names import with_names, without_names
from booking.service.ports import Cipher, Directory, RowName
from booking.service.rate_limits import AGENTS

if TYPE_CHECKING:
    from litestar.types import HTTPScope

Encoded: TypeAlias = tuple[int, Sequence[tuple[bytes, bytes]], bytes]
"""Status, headers and body of an answer."""

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
KEY = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,255})')
"""A structured-field string, as the draft has it, or the same without the quotes, as most clients send it."""

REPLAYED = (b"idempotency-replayed", b"true")
ENCRYPTED = b"encrypted:"
"""Begin of a kept body with a secret in it. Base64 follows, for a body is text."""
KEPT_HEADERS = {b"content-type", b"location", b"etag", b"retry-after"}


def key_in(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Read the key, if any; raise InvalidHeader for an ill-formed key, and for two."""
    given = [value for name, value in headers if name == b"idempotency-key"]
    if not given:
        return None
    fits = KEY.fullmatch(given[0].decode("latin-1").strip()) if len(given) == 1 else None
    if fits is None:
        raise InvalidHeader("Idempotency-Key must be one string of 1 to 255 visible characters, such as a UUID")
    return fits[1] or fits[2]


def asked_by(
    caller: Caller,
    key: str,
    scope: "HTTPScope",
    body: bytes,
    encode: Callable[[object], Encoded],
    cipher: Cipher | None = None,
) -> Asked:
    """Make the request with its key. `encode` makes the answer of a handler's result, and `cipher` encrypts it."""
    matches = b", ".join(value for name, value in scope["headers"] if name == b"if-match")
    beside = (scope["path"].encode(), scope["query_string"], matches)
    asked = Asked(
        organizations=caller.organizations,
        subject=caller.subject,
        route=f"{scope['method']} {scope['path_template']}",
        key=key,
        fingerprint=_digest(*beside, body),
        value_fingerprint=_digest(*beside, _value(body)),
        most=MOST_KEPT if caller.agent is None else AGENTS * MOST_KEPT,
    )
    return replace(asked, answer=lambda content: kept_answer(encode(content), asked, cipher))


def kept_answer(given: Encoded, asked: Asked, cipher: Cipher | None) -> Answer:
    """Keep the parts of an answer that a replay has; encrypted, where there may be a secret in it."""
    status, headers, body = given
    if cipher is None:
        kept_body = without_names(body)
    else:
        kept_body = ENCRYPTED + b64encode(cipher.encrypt(body.decode(), _row(asked)))
    kept = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers if name in KEPT_HEADERS)
    return Answer(status=status, headers=kept, body=body, kept_body=kept_body)


def decrypted(given: Answer, asked: Asked, cipher: Cipher) -> Answer:
    """Return the answer that was kept encrypted, and any other as it is; Unavailable where no key fits."""
    if not given.body.startswith(ENCRYPTED):
        return given
    body = cipher.decrypt(b64decode(given.body.removeprefix(ENCRYPTED)), _row(asked))
    if body is None:
        raise Unavailable("the answer to this key was kept encrypted, by a key that this service has no more")
    return replace(given, body=body.encode())


async def told_answer(given: Answer, directory: Directory) -> Encoded:
    """Return a first answer as it is, and a replay with the names of now."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.headers]
    if not given.replayed:
        return given.status, headers, given.body
    return given.status, [*headers, REPLAYED], await with_names(given.body, directory)


def _row(asked: Asked) -> RowName:
    """Return the name of the row that keeps an answer, without the organization: another one may come first by then."""
    return asked.subject, asked.route, asked.key


def _value(body: bytes) -> bytes:
    """Write the JSON value in one way: a retry may order its members, and write blanks and escapes, anew. Anything but
    JSON is kept as sent."""
    if says_nothing(body):
        return b""
    try:
        return msgspec.json.encode(_plain(msgspec.json.decode(body)), order="sorted")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return body


def _plain(value: Any) -> Any:
    """2.0 is 2, as to JSON Schema."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return list(map(_plain, value))
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value


def _digest(*parts: bytes) -> bytes:
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8) + part)
    return found.digest()
