"""Signed messages spoiled at random: not one of them is taken in, and genuine ones all are."""

import asyncio
import hashlib
import json
import random
import string
import time
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from booking.config import InboundSettings
from booking.config.senders import Sender
from booking.domain.paging import Paging
from tests.chaos.figures import Figures
from tests.support.chance import chance
from tests.support.database import Server
from tests.support.messages import PATH, SECRET, body_of, signature, signed
from tests.support.office import HOME, Office

BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
GENUINE = 8
REFUSED = 401
OTHER_SECRETS = (
    b"",
    b"whsec_",
    SECRET[:-1],
    SECRET[::-1],
    b64encode(SECRET),
    f"whsec_{b64encode(SECRET).decode()}".encode(),
)


@dataclass(frozen=True)
class Message:
    """A request, by its body and its headers, of which one may come twice."""

    body: bytes
    id: str
    timestamp: str
    signature: str
    more: Mapping[str, str]

    @property
    def headers(self) -> list[tuple[str, str]]:
        named = {"webhook-id": self.id, "webhook-timestamp": self.timestamp, "webhook-signature": self.signature}
        return [*named.items(), *self.more.items()]


Request = tuple[bytes, list[tuple[str, str]]]


class Spoiler:
    """Makes of a genuine message a request that nobody has signed."""

    def __init__(self, genuine: Sequence[Message], rng: random.Random) -> None:
        self._genuine = genuine
        self._rng = rng
        self._ways: Sequence[Callable[[Message], Request]] = [
            *(self._body, self._spelt, self._another, self._id, self._timestamp, self._shifted, self._character),
            *(self._loose, self._encoding, self._version, self._stranger, self._digest, self._stale, self._missing),
            *(self._twice, self._mixed, self._cut),
        ]

    def spoiled(self) -> tuple[str, Request]:
        """How it was made, and the request."""
        known = [(one.body, one.headers) for one in self._genuine]
        while True:
            way = self._rng.choice(self._ways)
            if (request := way(self._rng.choice(self._genuine))) not in known:
                return way.__name__.strip("_"), request

    def _body(self, one: Message) -> Request:
        body = bytearray(one.body)
        for _ in range(self._rng.choice((1, 1, 2, 8))):
            body[self._rng.randrange(len(body))] ^= 1 << self._rng.randrange(8)
        return bytes(body), one.headers

    def _cut(self, one: Message) -> Request:
        start, end = sorted(self._rng.sample(range(len(one.body) + 1), 2))
        return self._rng.choice((one.body[:start], one.body[end:], one.body[:start] + one.body[end:])), one.headers

    def _spelt(self, one: Message) -> Request:
        """The same JSON in other bytes."""
        value = json.loads(one.body)
        others = (
            json.dumps(value, separators=(",", ":")),
            json.dumps(value, indent=1),
            json.dumps(dict(reversed(value.items()))),
        )
        spaced = (one.body + b"\n", b" " + one.body, b"\xef\xbb\xbf" + one.body)
        return self._rng.choice((*(other.encode() for other in others), *spaced)), one.headers

    def _another(self, one: Message) -> Request:
        """The body, the id, the time or the signature of another."""
        other = self._rng.choice(self._genuine)
        headers = dict(one.headers)
        name, value = self._rng.choice(other.headers)
        headers[name] = value
        return self._rng.choice(((other.body, one.headers), (one.body, list(headers.items()))))

    def _id(self, one: Message) -> Request:
        other = self._rng.choice(
            (one.id + "x", one.id[:-1], one.id.upper(), "", "x" * 129, one.id + ".", "\x00", "msg_é")
        )
        return _changed(one, "webhook-id", other)

    def _timestamp(self, one: Message) -> Request:
        """Also the same number in other characters."""
        now = int(one.timestamp)
        others = (
            now + self._rng.randrange(1, 300),
            now - self._rng.randrange(1, 300),
            f"{now}.0",
            f"{now}.5",
            f"0{now}",
        )
        more = (f"+{now}", f"{now}e0", f"{now:_}", "", "now", "-1", "9" * 11, "9" * 40, "٣", hex(now))
        return _changed(one, "webhook-timestamp", str(self._rng.choice((*others, *more))))

    def _shifted(self, one: Message) -> Request:
        """The same signed bytes, shared out otherwise among id, time and body."""
        id_, body = f"{one.id}.{one.timestamp}", one.body
        at = self._rng.randrange(len(body))
        headers = {**dict(one.headers), "webhook-id": id_, "webhook-timestamp": body[:at].decode("latin-1")}
        other = {**dict(one.headers), "webhook-id": one.id.partition("_")[0], "webhook-timestamp": one.timestamp}
        return self._rng.choice(((body[at:], list(headers.items())), (body, list(other.items()))))

    def _character(self, one: Message) -> Request:
        text = list(one.signature)
        for _ in range(self._rng.choice((1, 1, 2, 8))):
            text[self._rng.randrange(3, len(text))] = self._rng.choice(BASE64)
        return _changed(one, "webhook-signature", "".join(text))

    def _loose(self, one: Message) -> Request:
        """Characters and bits that decoders pass over."""
        text = one.signature
        last = BASE64[BASE64.index(text[-2]) ^ self._rng.choice((1, 2, 3))]
        at = self._rng.randrange(3, len(text) - 1)
        stray = self._rng.choice("!-_.*\t\"'\u00e4")
        others = (f"{text[:-2]}{last}=", text[:-1], text + "=", text + "A", text[:at] + stray + text[at:])
        return _changed(one, "webhook-signature", self._rng.choice(others))

    def _encoding(self, one: Message) -> Request:
        raw = b64decode(one.signature[3:])
        others = (raw.hex(), raw.hex().upper(), urlsafe_b64encode(raw).decode() + "=", b64encode(raw[:16]).decode(), "")
        return _changed(one, "webhook-signature", "v1," + self._rng.choice(others))

    def _version(self, one: Message) -> Request:
        text = one.signature[3:]
        others = ("v1a,", "v2,", "v0,", "V1,", "v1", "v1=", "", "v1,v1,", "v1;", ",", "v,")
        return _changed(one, "webhook-signature", self._rng.choice(others) + text)

    def _stranger(self, one: Message) -> Request:
        secret = self._rng.choice((*OTHER_SECRETS, self._rng.randbytes(32)))
        return _changed(one, "webhook-signature", signature(one.body, one.id, one.timestamp, secret))

    def _digest(self, one: Message) -> Request:
        """Without the secret, or over less than is to be signed."""
        content = f"{one.id}.{one.timestamp}.".encode() + one.body
        digests = (
            hashlib.sha256(content),
            hashlib.sha256(SECRET + content),
            hashlib.sha512(content),
            hashlib.md5(content),
        )
        others = [b64encode(digest.digest()).decode() for digest in digests]
        others.append(signature(b"", one.id, one.timestamp)[3:])
        return _changed(one, "webhook-signature", "v1," + self._rng.choice(others))

    def _stale(self, one: Message) -> Request:
        """Rightly signed, at another time."""
        at = time.time() + self._rng.choice((-1, 1)) * self._rng.choice((330, 3600, 10**8))
        return one.body, [*signed(one.body, id=one.id, at=at).items()]

    def _missing(self, one: Message) -> Request:
        headers = list(one.headers)
        del headers[self._rng.randrange(3)]
        return one.body, self._rng.choice((headers, [], headers[:1]))

    def _twice(self, one: Message) -> Request:
        return one.body, [*one.headers, self._rng.choice(one.headers)]

    def _mixed(self, one: Message) -> Request:
        """Some of them by Svix's names."""
        index = self._rng.randrange(3)
        headers = list(one.headers)
        headers[index] = headers[index][0].replace("webhook", "svix"), headers[index][1]
        return one.body, headers


def forged_messages(rounds: int, folder: Path, server: Server) -> Figures:
    """Against the application in memory: the database has no part in it, for nothing comes so far."""
    with structlog.testing.capture_logs():
        return asyncio.run(_forged(rounds))


async def _forged(rounds: int) -> Figures:
    figures = Figures(fault="forged messages by HTTP", rounds=rounds)
    seed, rng = chance()
    senders = (Sender("partner", (SECRET,)), Sender("other", (b"o" * 32,)))
    office = Office(inbound=InboundSettings(senders=senders, address_limit=0))
    started = time.monotonic()
    genuine: list[Message] = []
    spoiler = Spoiler(genuine, rng)
    for number in range(rounds):
        if number == 0 or time.monotonic() - started > 60:  # they stay within their five minutes
            started, genuine[:] = time.monotonic(), [_genuine() for _ in range(GENUINE)]
        way, (body, headers) = spoiler.spoiled()
        if (status := await _status(office, body, headers)) == REFUSED:
            figures.acknowledged += 1
        else:
            figures.faults.append(f"mutation {number} of SEED={seed} by {way}: {status}")
    if known := len(await _known(office)):
        figures.faults.append(f"{known} applicants of messages that nobody signed")
    for one in genuine:
        if (status := await _status(office, one.body, one.headers)) != 204:
            figures.faults.append(f"genuine, but {status}")
    if len(await _known(office)) != GENUINE:
        figures.faults.append("genuine messages are missing")
    return figures


def _genuine() -> Message:
    body, id_ = body_of(HOME), f"msg_{uuid4().hex}"
    headers = signed(body, id=id_)
    return Message(body, id_, headers["webhook-timestamp"], headers["webhook-signature"], {})


def _changed(one: Message, name: str, value: str) -> Request:
    return one.body, [(known, value if known == name else given) for known, given in one.headers]


async def _known(office: Office) -> Sequence[Any]:
    return (
        await office.store.applicants.of_organization(HOME, q=None, eligible=None, paging=Paging(after=None, limit=100))
    ).items


async def _status(office: Office, body: bytes, headers: list[tuple[str, str]]) -> int:
    raw = [(name.encode(), value.encode("utf-8")) for name, value in headers]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(), "query_string": b""}
    asgi = {"headers": raw, "root_path": "", "client": ("192.0.2.1", 1), "asgi": {"version": "3.0"}}
    await office.app({**scope, **asgi}, receive, send)
    status: int = sent[0]["status"]
    return status
