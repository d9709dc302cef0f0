"""Bearer tokens, verified: python-jose for the signatures, our own typed claims for everything that they say (ADR 5).

`jose.jwt.decode` is not used: it lets a missing `aud` and `exp` pass unless told otherwise, takes "1e3" and true for
dates, and raises TypeError, OverflowError or RecursionError for claims that it did not expect (T28).
"""

import base64
import re
import time
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple, Protocol
from uuid import UUID

import httpx
import msgspec
from jose import jwk, jws
from jose.backends.base import Key
from jose.exceptions import JWKError, JWSError
from jose.utils import base64_to_long
from msgspec import UNSET, Meta, UnsetType

from booking.adapters.jwks import KeyCache, Monotonic
from booking.config import AuthSettings, ConfigurationError
from booking.domain.agent import AgentRole
from booking.domain.caller import Agency, Claims
from booking.domain.errors import Unauthenticated

LEEWAY = 30.0  # seconds that the issuer's clock and ours may differ
LONGEST_TOKEN = 8192  # characters, as much as HTTP servers take in a header; nothing longer is even parsed
SMALLEST_RSA = 2048  # bits: RFC 7518, section 3.3

_UNPRINTED = r"\x00-\x1f\x7f-\x9f"  # control characters: PostgreSQL refuses some, and logs are read by people
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# Years 1970 to 9999: whoever counts in milliseconds would otherwise issue tokens that never expire.
NumericDate = Annotated[float, Meta(ge=0, le=253_402_300_799)]


class _Header(msgspec.Struct):
    """`jku`, `jwk`, `x5u` and their like are not even read: a token does not choose the key that vouches for it."""

    alg: str
    kid: str | None = None
    crit: object = UNSET


class _Payload(msgspec.Struct):
    """The claims that count. No default stands for a missing one that is required; `user_metadata` is not read (T27)."""

    sub: Annotated[str, Meta(min_length=1, max_length=255, pattern=rf"\A[^{_UNPRINTED}]*\Z")]
    aud: str | list[str]
    exp: NumericDate
    role: Literal["authenticated"]
    nbf: NumericDate = 0
    iat: NumericDate = 0
    iss: object = None
    is_anonymous: bool = False
    email: Annotated[str, Meta(max_length=320, pattern=rf"\A[^{_UNPRINTED}]*\Z")] | None = None
    email_verified: object = False
    app_metadata: object = None


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
_read_payload = msgspec.json.Decoder(_Payload).decode


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


class JoseTokens:
    """The port `Tokens`. A token that breaks a rule is Unauthenticated, without a word on which: only age is told."""

    def __init__(self, settings: AuthSettings, keys: Keys, now: Callable[[], float]) -> None:
        self._settings = settings
        self._keys = keys
        self._now = now

    async def verify(self, token: str) -> Claims:
        header = _header(token)
        key = await self._keys.find(header.kid)
        if key is None or header.alg != key.algorithm:
            raise _invalid()
        try:
            payload = _read_payload(jws.verify(token, key.key, [key.algorithm]))
        except (JWSError, ValueError, RecursionError):
            raise _invalid() from None
        return self._claims(payload)

    async def aclose(self) -> None:
        await self._keys.aclose()

    def _claims(self, payload: _Payload) -> Claims:
        settings, now = self._settings, self._now()
        audiences = [payload.aud] if isinstance(payload.aud, str) else payload.aud
        if settings.audience not in audiences or settings.issuer not in {None, payload.iss}:
            raise _invalid()
        if payload.is_anonymous or max(payload.nbf, payload.iat) > now + LEEWAY:
            raise _invalid()
        if payload.exp + LEEWAY <= now:
            raise Unauthenticated("the token has expired")
        return Claims(
            subject=payload.sub,
            email=payload.email or None,
            email_vouched=bool(payload.email) and (payload.email_verified is True or settings.trust_email),
            agency=_agency(payload.app_metadata),
        )


def tokens_for(
    settings: AuthSettings,
    *,
    now: Callable[[], float] = time.time,
    monotonic: Monotonic = time.monotonic,
    transport: httpx.AsyncBaseTransport | None = None,
) -> JoseTokens:
    """For the one kind of issuer that is configured; to be closed with `aclose`. ConfigurationError."""
    match settings:
        case AuthSettings(hs256_secret=str(secret), jwks_url=None):
            return JoseTokens(settings, OneSecret(secret), now)
        case AuthSettings(hs256_secret=None, jwks_url=str(url)):
            keys = KeyCache(url, verifying_keys, transport=transport, monotonic=monotonic)
            return JoseTokens(settings, keys, now)
    raise ConfigurationError(["exactly one of an HS256 secret and a JWKS URL is required"])


def verifying_keys(document: bytes) -> dict[str, VerifyingKey]:
    """The usable keys of a JWK set, by their ids; ValueError or RecursionError if it is not one."""
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
    if found.d is not UNSET or found.alg not in {UNSET, algorithm}:
        raise ValueError(found.kid)
    if found.key_ops is not UNSET and "verify" not in found.key_ops:
        raise ValueError(found.kid)
    return VerifyingKey(algorithm, jwk.construct(members, algorithm))


def _header(token: str) -> _Header:
    if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
        raise _invalid()
    head, _, signature = token.split(".")
    try:
        header = _read_header(_decoded(head))
        _decoded(signature)
    except (ValueError, RecursionError):
        raise _invalid() from None
    # RFC 7515, section 4.1.11: whoever does not understand a critical extension must refuse, and none is understood.
    if header.crit is not UNSET:
        raise _invalid()
    return header


def _decoded(segment: str) -> bytes:
    """ValueError unless it is base64url as RFC 7515 writes it: jose takes several spellings of one signature."""
    padded = segment + "=" * (-len(segment) % 4)
    decoded = base64.urlsafe_b64decode(padded)
    if base64.urlsafe_b64encode(decoded).decode() != padded:
        raise ValueError(segment)
    return decoded


def _agency(metadata: object) -> Agency | None:
    """Only the two roles there are, spelt exactly so, of an organization named exactly: otherwise nobody (T20, T24)."""
    match metadata:
        case {"organization_id": str(text), "role": "member" | "admin" as role} if _CANONICAL_UUID.fullmatch(text):
            return Agency(organization_id=UUID(text), role=AgentRole(role))
    return None


def _invalid() -> Unauthenticated:
    return Unauthenticated("the token is not valid")
