"""Requests as nobody should send them: every part of them garbled, by chance, from the bytes up to the JSON."""

import json
import random
import struct
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from tests.chaos.fuzz.gibberish import SCALARS, TEXTS
from tests.chaos.fuzz.nonsense import CHUNKS, FIELDS, GREETINGS, METHODS, TARGETS, VERSIONS


class Garbler:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def raw(self, data: bytes) -> bytes:
        """With some of them changed, taken out, doubled or put in."""
        content = bytearray(data or b"x")
        for _ in range(self._rng.choice((1, 1, 1, 2, 4, 16))):
            at = self._rng.randrange(len(content) + 1)
            match self._rng.randrange(5):
                case 0 if at < len(content):
                    content[at] ^= 1 << self._rng.randrange(8)
                case 1:
                    content[at:at] = self._rng.randbytes(self._rng.choice((1, 1, 2, 8)))
                case 2:
                    del content[at : at + self._rng.choice((1, 1, 4, 32))]
                case 3:
                    content[at:at] = content[at : at + self._rng.choice((1, 8, 64))]
                case _:
                    content[at : at + 1] = self._rng.choice(
                        (b"\0", b"\r", b"\n", b'"', b"\\", b"{", b"\xed\xa0\x80", b"%", b" ")
                    )
        return bytes(content)

    def content(self, value: Any) -> bytes:
        """The value with something in it changed, or its text."""
        match self._rng.randrange(8):
            case 0:
                return self.raw(_text(value))
            case 1:
                deep = self._rng.choice((10, 500, 1100, 20_000))
                return self._rng.choice((b"[" * deep, b'{"a":' * deep, b"[" * deep + b"]" * deep))
            case 2 if isinstance(value, dict) and value:
                name = self._rng.choice(sorted(value))
                twice = _text({name: self._rng.choice(SCALARS)})
                return _text(value)[:-1] + b"," + twice[1:]
            case 3:
                return self._rng.choice(
                    (b"", b" ", b"nul", b"NaN", b"Infinity", b"1e999", b"\xef\xbb\xbf{}", b"{}{}", b"\0", b"'x'")
                )
            case 4:
                return _text(value).decode().encode(self._rng.choice(("utf-16", "utf-32", "utf-8-sig")))
            case _:
                return _text(self.structure(value))

    def structure(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return self._rng.choice(SCALARS)
        changed = dict(value)
        for _ in range(self._rng.choice((1, 1, 2, 4))):
            name = self._rng.choice([*sorted(value), "unknown", "", "a~b/c", "\ud800", "x" * 300])
            if self._rng.random() < 0.2:
                changed.pop(name, None)
            else:
                changed[name] = self._rng.choice(SCALARS)
        return self._rng.choice((changed, changed, changed, changed, [changed], self._rng.choice(SCALARS)))

    def parameter(self, value: str) -> str:
        """As text that is still to be escaped, or not."""
        chosen = self._rng.choice(SCALARS)
        return self._rng.choice(
            (value, str(chosen)[:4000], value + "\0", value[:-1], value.upper(), f"{value}&{value}")
        )

    def text(self) -> bytes:
        """For a header: anything but a line's end."""
        if self._rng.random() < 0.7:
            return self._rng.choice(TEXTS)
        return self._rng.randbytes(self._rng.randrange(60)).translate(None, delete=b"\r\n\0")

    def cursor(self, genuine: Sequence[str]) -> str:
        """One that was given out, or one like it, or nothing of the kind."""
        given = self._rng.choice(genuine).encode()
        extremes = (
            0,
            -1,
            1,
            2**63 - 1,
            -(2**63),
            253_402_300_799_999_999,
            253_402_300_800_000_000,
            -62_135_596_800_000_000,
        )
        place = self._rng.choice((*extremes, self._rng.randrange(-(2**63), 2**63)))
        row = self._rng.choice((UUID(int=0), UUID(int=2**128 - 1), UUID(bytes=self._rng.randbytes(16)))).bytes
        made = urlsafe_b64encode(self._rng.choice((struct.pack(">q16s", place, row), struct.pack(">q", place))))
        ways: Sequence[Callable[[], bytes]] = (
            *(lambda: made, lambda: self.raw(made), lambda: self.raw(given), lambda: given.rstrip(b"=")),
            *(
                lambda: given + b"=",
                lambda: given * 2,
                lambda: urlsafe_b64encode(self._rng.randbytes(self._rng.randrange(40))),
            ),
            *(lambda: given[:-1] + b"B", lambda: given.swapcase(), lambda: b"\n" + given, lambda: self.text()),
        )
        return self._rng.choice(ways)().decode("utf-8", errors="surrogateescape")

    def message(self, lines: Sequence[bytes], body: bytes) -> bytes:
        """A whole request, spoiled as HTTP; `lines` are the request line and the headers."""
        first, *fields = lines
        method, target, version = first.split(b" ", 2)
        match self._rng.randrange(11):
            case 0:
                method = self._rng.choice(METHODS)
            case 1:
                target = self._rng.choice((*TARGETS, self.raw(target)))
            case 2:
                version = self._rng.choice(VERSIONS)
            case 3 | 4 | 5:
                fields.insert(self._rng.randrange(len(fields) + 1), self._rng.choice(FIELDS))
            case 6:
                length = self._rng.choice((0, 1, len(body) // 2, len(body) + 1, len(body) + 100, 70_000))
                fields = [field for field in fields if not field.startswith(b"Content-Length")] + [
                    b"Content-Length: %d" % length
                ]
            case 7:
                fields = [field for field in fields if not field.startswith(b"Content-Length")] + [
                    b"Transfer-Encoding: chunked"
                ]
                body = self._rng.choice((*CHUNKS, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)))
            case 8:
                end = self._rng.choice((b"\n", b"\r", b"\r\n ", b"\r\r\n", b"\n\r"))
                return end.join([first, *fields, b"", body])
            case 9:
                return self._rng.choice((*GREETINGS, self._rng.randbytes(self._rng.randrange(1, 200))))
            case _:
                whole = b"\r\n".join([first, *fields, b"", body])
                return self._rng.choice((self.raw(whole), whole[: self._rng.randrange(1, len(whole))]))
        return b"\r\n".join([b" ".join([method, target, version]), *fields, b"", body])


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()
