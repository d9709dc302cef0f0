"""Genuine tokens spoiled at random: one at a time, in one of the ways below."""

import base64
import json
import random
import string
from collections.abc import Callable, Sequence
from typing import Any

from tests.chaos.forged.families import Family, Secret, known_texts, stranger
from tests.chaos.forged.untruths import ALGORITHMS, CLAIMS, KEY_IDS
from tests.support.issuer import GONE, b64

WORD = string.ascii_letters + string.digits + "-_"
STRAY = (
    *(
        " ",
        "\t",
        "\n",
        "\r\n",
        "\0",
        "=",
        "==",
        "+",
        "/",
        ".",
        "..",
        ",",
        '"',
        "%2e",
        "\u200b",
        "\ufeff",
        "ä",
        "\uff21",
    ),
    *("\u0430", "\ud800", "\U0001f512"),
)
MEMBERS: dict[str, Sequence[Any]] = {
    "alg": ALGORITHMS,
    "kid": (*KEY_IDS, 1),
    "typ": ("at+jwt", "none", 1, None, GONE),
    "jku": ("https://evil.test", None),
    "jwk": ({"kty": "oct", "k": "eA"}, None),
    "crit": (["exp"], []),
    "zip": ("DEF",),
    "cty": ("JWT",),
}
BETTER: dict[str, Sequence[Any]] = {
    "sub": ("somebody-else", "admin", "0"),
    "app_metadata": ({"organization_id": "0b7c1d8e-6a55-4c1f-9d3c-5a4f3f0e2b11", "role": "admin"}, {}),
    "exp": (4_000_000_000, 1, 0),
    "email": ("eve@example.com", "", None),
    "is_anonymous": (False, True),
    "email_verified": (True, False),
}
"""What a forger would want a token to say."""


class Spoiler:
    """Makes of one of the genuine tokens another that is not: never one of them again."""

    def __init__(self, families: Sequence[Family], rng: random.Random) -> None:
        self._families = families
        self._rng = rng
        self._texts = {family.name: list(family.genuine().values()) for family in families}
        self.genuine = frozenset(text for texts in self._texts.values() for text in texts)
        self._ways: Sequence[Callable[[Family, list[str]], str]] = [
            *(self._character, self._bit, self._cut, self._padding, self._spelling, self._stray, self._transplant),
            *(self._insertion, self._header, self._claims, self._duplicate, self._resigned, self._confused),
        ]

    def spoiled(self) -> tuple[str, str, str]:
        """Whose family it is meant for, how it was made, and the token."""
        while True:
            family, way = self._rng.choice(self._families), self._rng.choice(self._ways)
            text = way(family, self._rng.choice(self._texts[family.name]).split("."))
            if text not in self.genuine:
                return family.name, way.__name__.strip("_"), text

    def _character(self, _: Family, parts: list[str]) -> str:
        text = list(".".join(parts))
        for _once in range(self._rng.choice((1, 1, 2, 8))):
            text[self._rng.randrange(len(text))] = self._rng.choice(WORD)
        return "".join(text)

    def _bit(self, _: Family, parts: list[str]) -> str:
        index = self._rng.randrange(3)
        content = bytearray(_decoded(parts[index]))
        content[self._rng.randrange(len(content))] ^= 1 << self._rng.randrange(8)
        parts[index] = b64(bytes(content))
        return ".".join(parts)

    def _cut(self, _: Family, parts: list[str]) -> str:
        text = ".".join(parts)
        start, end = sorted(self._rng.sample(range(len(text)), 2))
        return self._rng.choice((text[:start], text[end:], text[start:end], text[:start] + text[end:]))

    def _padding(self, _: Family, parts: list[str]) -> str:
        index = self._rng.randrange(3)
        more = self._rng.choice(("=", "A", "AA", "AAAA", "==", "_", b64(self._rng.randbytes(8))))
        parts[index] = self._rng.choice((parts[index] + more, more + parts[index]))
        return ".".join(parts)

    def _spelling(self, _: Family, parts: list[str]) -> str:
        """Bits of the last character that count for nothing, or the alphabet of other decoders."""
        index = self._rng.randrange(3)
        part = parts[index]
        loose = part[:-1] + WORD_VALUES[WORD_VALUES.index(part[-1]) ^ self._rng.choice((1, 2, 3))]
        standard = part.replace("-", "+").replace("_", "/")
        parts[index] = self._rng.choice((loose, standard, part + "=" * (-len(part) % 4), part.swapcase()))
        return ".".join(parts)

    def _stray(self, _: Family, parts: list[str]) -> str:
        text, at = ".".join(parts), self._rng.choice((0, None, self._rng.randrange(64)))
        stray = self._rng.choice(STRAY)
        return text + stray if at is None else text[:at] + stray + text[at:]

    def _transplant(self, _: Family, parts: list[str]) -> str:
        """A segment of another token, of this issuer or of another."""
        other = self._rng.choice(sorted(self.genuine)).split(".")
        index = self._rng.randrange(3)
        parts[index] = other[self._rng.choice((index, index, self._rng.randrange(3)))]
        return ".".join(parts)

    def _insertion(self, _: Family, parts: list[str]) -> str:
        parts.insert(self._rng.randrange(4), self._rng.choice((*parts, "", "e30", b64(self._rng.randbytes(6)))))
        return ".".join(parts)

    def _header(self, _: Family, parts: list[str]) -> str:
        return ".".join([self._changed(parts[0], MEMBERS), *parts[1:]])

    def _claims(self, _: Family, parts: list[str]) -> str:
        return ".".join([parts[0], self._changed(parts[1], CLAIMS | BETTER), parts[2]])

    def _duplicate(self, _: Family, parts: list[str]) -> str:
        """A member said twice: not signed again."""
        index, said = self._rng.choice(((0, MEMBERS), (1, BETTER)))
        name = self._rng.choice(sorted(said))
        value = self._rng.choice([value for value in said[name] if value is not GONE])
        member = f'"{name}":{json.dumps(value)}'.encode()
        content = _decoded(parts[index])
        parts[index] = b64(self._rng.choice((b"{" + member + b"," + content[1:], content[:-1] + b"," + member + b"}")))
        return ".".join(parts)

    def _resigned(self, family: Family, parts: list[str]) -> str:
        """By a key of the same kind, whatever it says."""
        head = self._rng.choice((parts[0], self._changed(parts[0], MEMBERS)))
        body = self._rng.choice((parts[1], self._changed(parts[1], BETTER)))
        return f"{head}.{body}.{b64(stranger(family.key.alg).sign(f'{head}.{body}'.encode()))}"

    def _confused(self, family: Family, parts: list[str]) -> str:
        """With what everybody knows of the key, as if it were a secret."""
        known = Secret("", self._rng.choice(list(known_texts(family.key).values())))
        algorithm = self._rng.choice(("HS256", "HS256", "HS384", family.key.alg, "none"))
        head = b64(json.dumps(family.header(alg=algorithm)).encode())
        body = self._rng.choice((parts[1], self._changed(parts[1], BETTER)))
        return f"{head}.{body}.{b64(known.sign(f'{head}.{body}'.encode()))}"

    def _changed(self, segment: str, said: dict[str, Sequence[Any]]) -> str:
        members: dict[str, Any] = json.loads(_decoded(segment))
        name = self._rng.choice(sorted(said))
        members[name] = self._rng.choice(said[name])
        return b64(json.dumps({name: value for name, value in members.items() if value is not GONE}).encode())


WORD_VALUES = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
"""The alphabet of base64url, by the value of its letters."""


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
