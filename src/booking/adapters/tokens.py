"""Bearer tokens, verified: whether one is genuine. python-jose checks the signature, `claims` what is signed (ADR 5).

`jose.jwt.decode` is not used: it lets a missing `aud` and `exp` pass unless told otherwise, takes "17" and true for
dates, and raises TypeError, OverflowError or RecursionError for claims that it did not expect (T28).
"""

import base64
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Protocol

import msgspec
from jose import jwk, jws
from jose.backends.base import Key
from jose.exceptions import JWKError, JWSError
from jose.utils import base64_to_long
from msgspec import UNSET, Meta, UnsetType

from booking.adapters.claims import Said, invalid, said
from booking.config import AuthSettings, ConfigurationError
from booking.domain.caller import Claims

if TYPE_CHECKING:
    import httpx

LONGEST_TOKEN = 8192  # characters, as much as HTTP servers take in a header; nothing longer is even parsed
REMEMBERED = 4096  # tokens, the oldest of which make room; genuine ones only, so nobody else fills it
SMALLEST_RSA = 2048  # bits: RFC 7518, section 3.3

_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class _Header(msgspec.Struct):
    """`jku`, `jwk`, `x5u` and their like are not even read: a token does not choose the key that vouches for it."""

    alg: str
    kid: str | None = None
    crit: object = UNSET


class _Jwk(msgspec.Struct):
    """The public members of a JSON Web Key (RFC 7517), of the two kinds that are used here."""

    kid: Annotated[str, Meta(min_length=1)]
    kty: str
    use: Literal["sig"] = "sig"
    key_ops: list[str] | UnsetType = UNSET
    alg: str | UnsetType = UNSET
    crv: str = ""
    x: str = ""
    y: str = ""
    n: str = ""
    e: str = ""
    d: object = UNSET


class _JwkSet(msgspec.Struct):
    keys: list[object]


_read_header = msgspec.json.Decoder(_Header).decode


class VerifyingKey(NamedTuple):
    """A key, and the one algorithm that its type allows, whatever a token says (T28)."""

    algorithm: str
    key: Key


class Keys(Protocol):
    async def find(self, kid: str | None) -> VerifyingKey | None: ...
    async def aclose(self) -> None: ...


class OneSecret:
    """The issuer's shared secret: one key, by whatever name."""

    def __init__(self, secret: str) -> None:
        try:
            self._key = VerifyingKey("HS256", jwk.construct(secret, "HS256"))
        except JWKError:
            raise ConfigurationError(["the HS256 secret is a public key: anybody could sign with it"]) from None

    async def find(self, kid: str | None) -> VerifyingKey | None:
        return self._key

    async def aclose(self) -> None: ...


class _Genuine(NamedTuple):
    """A token whose signature holds by this very key."""

    header: _Header
    key: VerifyingKey
    said: Said


class JoseTokens:
    """The port `Tokens`. A token that breaks a rule is Unauthenticated, without a word on which: only age is told.

    A signature that held by a key is not computed again while the issuer has that key; its age is judged each time.
    """

    def __init__(self, settings: AuthSettings, keys: Keys, now: Callable[[], float]) -> None:
        self._settings = settings
        self._keys = keys
        self._now = now
        self._genuine: dict[str, _Genuine] = {}

    async def verify(self, token: str) -> Claims:
        known = self._genuine.get(token)
        header = known.header if known else _header(token)
        key = await self._keys.find(header.kid)
        if key is None or header.alg != key.algorithm:
            raise invalid()
        if known is None or known.key is not key:
            known = _Genuine(header, key, said(_signed(token, key), self._settings))
            self._remember(token, known)
        return known.said.at(self._now())

    def _remember(self, token: str, genuine: _Genuine) -> None:
        if len(self._genuine) >= REMEMBERED:
            del self._genuine[next(iter(self._genuine))]
        self._genuine[token] = genuine

    async def aclose(self) -> None:
        await self._keys.aclose()


def _signed(token: str, key: VerifyingKey) -> bytes:
    try:
        return jws.verify(token, key.key, [key.algorithm])
    except (JWSError, RecursionError):  # its JSON decoder may give up a little before ours does
        raise invalid() from None


def tokens_for(
    settings: AuthSettings,
    *,
    now: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    transport: "httpx.AsyncBaseTransport | None" = None,
) -> JoseTokens:
    """For the one kind of issuer that is configured; to be closed with `aclose`. ConfigurationError."""
    match settings:
        case AuthSettings(hs256_secret=str(secret), jwks_url=None):
            return JoseTokens(settings, OneSecret(secret), now)
        case AuthSettings(hs256_secret=None, jwks_url=str(url)):
            from booking.adapters.jwks import KeyCache  # with all of httpx: 40 ms and 3 MB for who has no use for it

            keys = KeyCache(url, verifying_keys, transport=transport, monotonic=monotonic)
            return JoseTokens(settings, keys, now)
    raise ConfigurationError(["exactly one of an HS256 secret and a JWKS URL is required"])


def verifying_keys(document: bytes) -> dict[str, VerifyingKey]:
    """The usable keys of a JWK set, by their ids; raises what the decoder raises if it is not one."""
    keys = {}
    for entry in msgspec.json.decode(document, type=_JwkSet).keys:
        try:
            found = msgspec.convert(entry, _Jwk)
            keys[found.kid] = _verifying_key(found)
        except (JWKError, ValueError):
            continue  # RFC 7517, section 5: keys that are not understood are ignored
    return keys


def _verifying_key(found: _Jwk) -> VerifyingKey:
    """ValueError or JWKError if it is of no use here, a private key among them: once published, it proves nothing."""
    match found:
        case _Jwk(kty="EC", crv="P-256"):
            algorithm, members = "ES256", {"kty": "EC", "crv": "P-256", "x": found.x, "y": found.y}
        case _Jwk(kty="RSA") if base64_to_long(found.n).bit_length() >= SMALLEST_RSA:
            algorithm, members = "RS256", {"kty": "RSA", "n": found.n, "e": found.e}
        case _:
            raise ValueError(found.kty)
    if found.d is not UNSET or found.alg not in (UNSET, algorithm):
        raise ValueError(found.kid)
    if found.key_ops is not UNSET and "verify" not in found.key_ops:
        raise ValueError(found.kid)
    return VerifyingKey(algorithm, jwk.construct(members, algorithm))


def _header(token: str) -> _Header:
    if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
        raise invalid()
    head, _, signature = token.split(".")
    try:
        header = _read_header(_decoded(head))
        _decoded(signature)
    except (ValueError, RecursionError):
        raise invalid() from None
    # RFC 7515, section 4.1.11: whoever does not understand a critical extension must refuse, and none is understood.
    if header.crit is not UNSET:
        raise invalid()
    return header


def _decoded(segment: str) -> bytes:
    """ValueError unless it is base64url as RFC 7515 writes it: jose takes several spellings of one signature."""
    padded = segment + "=" * (-len(segment) % 4)
    decoded = base64.urlsafe_b64decode(padded)
    if base64.urlsafe_b64encode(decoded).decode() != padded:
        raise ValueError(segment)
    return decoded
