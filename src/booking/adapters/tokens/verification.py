"""Bearer tokens, verified: whether one is genuine. python-jose checks the signature, `claims` what is signed (ADR 5).

`jose.jwt.decode` is not used: it lets a missing `aud` and `exp` pass unless told otherwise, takes "17" and true for
dates, and raises TypeError, OverflowError or RecursionError for claims that it did not expect.
"""

import base64
import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec
from jose import jwk, jws
from jose.exceptions import JWKError, JWSError
from msgspec import UNSET

from booking.adapters.tokens.token_claims import Said, invalid, said
from booking.adapters.tokens.verifying_keys import VerifyingKey, verifying_keys
from booking.config import AuthSettings
from booking.config.variables import ConfigurationError
from booking.domain.people.caller import Claims
from booking.metrics import catalogue, record

if TYPE_CHECKING:
    import httpx

LONGEST_TOKEN = 8192  # characters, as much as HTTP servers take in a header; nothing longer is even parsed
REMEMBERED = 4096  # tokens, the oldest of which make room; genuine ones only, so nobody else fills it

_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class _Header(msgspec.Struct):
    """`jku`, `jwk`, `x5u` and their like are not even read: a token does not choose the key that vouches for it."""

    alg: str
    kid: str | None = None
    crit: object = UNSET


_read_header = msgspec.json.Decoder(_Header).decode


class Keys(Protocol):
    """Keys that a token with such a header may be signed by; mostly one."""

    async def find(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]: ...

    async def find_newer(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        """Keys to try once none of the found ones fits the signature."""
        ...

    async def aclose(self) -> None: ...


class Secrets:
    """The issuer's shared secret and former ones, under any key id."""

    def __init__(self, secrets: Iterable[str]) -> None:
        try:
            self._keys = tuple(VerifyingKey("HS256", jwk.construct(secret, "HS256")) for secret in secrets)
        except JWKError:
            raise ConfigurationError(["an HS256 secret is a public key: anybody could sign with it"]) from None

    async def find(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        return self._keys if algorithm == "HS256" else ()

    async def find_newer(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        return ()

    async def aclose(self) -> None: ...


class SecretsBesideKeys:
    """Secrets for HS256 and published keys for the rest, while an issuer moves from the ones to the others."""

    def __init__(self, secrets: Keys, published: Keys) -> None:
        self._secrets = secrets
        self._published = published

    async def find(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        return await self._of(algorithm).find(kid, algorithm)

    async def find_newer(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        return await self._of(algorithm).find_newer(kid, algorithm)

    async def aclose(self) -> None:
        await self._published.aclose()

    def _of(self, algorithm: str) -> Keys:
        return self._secrets if algorithm == "HS256" else self._published


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
        keys = await self._keys.find(header.kid, header.alg)
        if known is None or not any(known.key is key for key in keys):
            signed = _signed(token, keys) or _signed(token, await self._keys.find_newer(header.kid, header.alg))
            if signed is None:
                raise invalid()
            payload, key = signed
            known = _Genuine(header, key, said(payload, self._settings))
            self._remember(token, known)
            record.count(catalogue.cache, "tokens", "miss")
        else:
            record.count(catalogue.cache, "tokens", "hit")
        return known.said.at(self._now())

    def _remember(self, token: str, genuine: _Genuine) -> None:
        if len(self._genuine) >= REMEMBERED:
            del self._genuine[next(iter(self._genuine))]
        self._genuine[token] = genuine

    async def aclose(self) -> None:
        await self._keys.aclose()


def _signed(token: str, keys: Sequence[VerifyingKey]) -> tuple[bytes, VerifyingKey] | None:
    """Return the payload, and the key whose signature holds."""
    for key in keys:
        try:
            return jws.verify(token, key.key, [key.algorithm]), key
        except (JWSError, RecursionError):  # its JSON decoder may give up a little before ours does
            continue
    return None


def tokens_for(
    settings: AuthSettings,
    *,
    now: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    transport: "httpx.AsyncBaseTransport | None" = None,
) -> JoseTokens:
    """Make the port for the configured issuer, with secrets, published keys or both; close it with `aclose`."""
    given = (settings.hs256_secret, *settings.hs256_secrets_before)
    secrets = Secrets(secret for secret in given if secret is not None)
    if settings.jwks_url is None:
        if settings.hs256_secret is None:
            raise ConfigurationError(["an HS256 secret or a JWKS URL is required"])
        return JoseTokens(settings, secrets, now)
    from booking.adapters.tokens.keys import KeyCache  # with all of httpx: 40 ms and 3 MB for who has no use for it

    published = KeyCache(settings.jwks_url, verifying_keys, transport=transport, monotonic=monotonic)
    return JoseTokens(settings, SecretsBesideKeys(secrets, published), now)


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
