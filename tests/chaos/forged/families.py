"""Kinds of issuers, and what each of them would say: the tokens that forgeries are made from."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.issuer import GONE, VALID, EcKey, RsaKey, hmac_by, jws, token

ISSUER = "https://issuer.test"


class Key(Protocol):
    @property
    def alg(self) -> str: ...
    @property
    def kid(self) -> str: ...

    def __hash__(self) -> int: ...
    def sign(self, data: bytes) -> bytes: ...


class Secret:
    """A shared one, as a key: its name is of no account."""

    alg = "HS256"

    def __init__(self, kid: str, secret: bytes) -> None:
        self.kid = kid
        self.sign = hmac_by(secret)


@dataclass(frozen=True)
class Family:
    """An issuer's key, and its bearer's claims as of `now`.

    `slack`: seconds until a token may be looked at. `elsewhere`: where other people's keys would be found.
    """

    key: Key
    now: float
    slack: float = 0.001
    subject: str = VALID["sub"]
    others: Sequence[Key] = ()
    elsewhere: str = "https://evil.test"

    @property
    def name(self) -> str:
        return self.key.alg

    @property
    def published(self) -> bool:
        return not isinstance(self.key, Secret)

    def header(self, **changes: object) -> dict[str, object]:
        return _with({"alg": self.key.alg, "typ": "JWT", "kid": self.key.kid}, changes)

    def claims(self, **changes: object) -> dict[str, object]:
        dates = {"iat": int(self.now), "exp": int(self.now) + 3600, "iss": ISSUER, "sub": self.subject}
        return _with(VALID | dates, changes)

    def token(self, header: dict[str, object] | None = None, by: Key | None = None, /, **claims: Any) -> str:
        """Signed by its own key, unless by another."""
        return token(header or self.header(), self.claims(**claims), (by or self.key).sign)

    def raw(self, header: bytes, body: bytes) -> str:
        return jws(header, body, self.key.sign)

    def genuine(self) -> dict[str, str]:
        """What it would issue, some of it at the edge of what counts: without these accepted, nothing is proven."""
        now = int(self.now)
        found = {
            "as issued": self.token(),
            "of another": self.token(sub="somebody-else", email="other@example.com"),
            "for several audiences": self.token(aud=["other", "authenticated"]),
            "all but too old": self.token(exp=now - 30 + self.slack),
            "all but too early": self.token(nbf=now + 30 - self.slack, iat=now + 30 - self.slack),
            "with the least": self.token(**dict.fromkeys(("iat", "email", "email_verified", "app_metadata"), GONE)),
            "with other people's keys beside": self.token(self.header(jku=self.elsewhere, x5c=["x"])),
        }
        if not self.published:
            found["by another name of its one key"] = self.token(self.header(kid="whatever"))
        else:
            found["naming no key"] = self.token(self.header(kid=GONE))
            found["naming null"] = self.token(self.header(kid=None))
        return found


def _with(members: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in (members | changes).items() if value is not GONE}


@cache
def stranger(algorithm: str) -> Key:
    """A key of that kind that nobody published."""
    makers: dict[str, Callable[[], Key]] = {
        "RS": lambda: RsaKey("stranger", 2056),
        "PS": lambda: RsaKey("stranger", 2056),
        "ES": lambda: EcKey("stranger"),
    }
    return makers.get(algorithm[:2].upper(), lambda: Secret("stranger", b"x" * 32))()


@cache
def known_texts(key: Key) -> dict[str, bytes]:
    """What everybody knows of a key, and might sign with as if it were a secret."""
    if isinstance(key, EcKey | RsaKey):
        public, info = key.private.public_key(), PublicFormat.SubjectPublicKeyInfo
        pem = public.public_bytes(Encoding.PEM, info)
        return {
            "PEM": pem,
            "PEM without its last line break": pem.rstrip(),
            "DER": public.public_bytes(Encoding.DER, info),
            "JWK": json.dumps(key.jwk).encode(),
            "modulus or point": str(key.jwk.get("n") or key.jwk.get("x")).encode(),
            "key id": key.kid.encode(),
        }
    return {
        "nothing": b"",
        "one zero byte": b"\0",
        "`secret`": b"secret",
        "key id": key.kid.encode(),
        "issuer": ISSUER.encode(),
    }
