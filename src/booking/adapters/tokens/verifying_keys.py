"""Verifying keys, each with the only algorithm that it is for, and the reader of the sets that issuers publish."""

from typing import Annotated, Literal, NamedTuple

import msgspec
from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JWKError
from jose.utils import base64_to_long
from msgspec import Meta

SMALLEST_RSA = 2048  # bits: RFC 7518, section 3.3


class VerifyingKey(NamedTuple):
    """Key with the only algorithm that its type allows, regardless of the token."""

    algorithm: str
    key: Key
    kid: str | None = None


class _Jwk(msgspec.Struct):
    """The public members of a JSON Web Key (RFC 7517), of the two kinds that are used here; a null one is absent."""

    kty: str
    kid: Annotated[str, Meta(min_length=1)] | None = None
    use: Literal["sig"] | None = None
    key_ops: list[str] | None = None
    alg: str | None = None
    crv: str | None = None
    x: str | None = None
    y: str | None = None
    n: str | None = None
    e: str | None = None
    d: object = None


class _JwkSet(msgspec.Struct):
    keys: list[object]


def verifying_keys(document: bytes) -> list[VerifyingKey]:
    """Return the usable keys of a JWK set; raise the decoder's error if it is none."""
    keys = []
    for entry in msgspec.json.decode(document, type=_JwkSet).keys:
        try:
            keys.append(_verifying_key(msgspec.convert(entry, _Jwk)))
        except (JWKError, ValueError):
            continue  # RFC 7517, section 5: keys that are not understood are ignored
    return keys


def _verifying_key(found: _Jwk) -> VerifyingKey:
    """ValueError or JWKError if it is of no use here, a private key among them: once published, it proves nothing."""
    match found:
        case _Jwk(kty="EC", crv="P-256", x=str(x), y=str(y)):
            algorithm, members = "ES256", {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        case _Jwk(kty="RSA", n=str(n), e=str(e)) if base64_to_long(n).bit_length() >= SMALLEST_RSA:
            algorithm, members = "RS256", {"kty": "RSA", "n": n, "e": e}
        case _:
            raise ValueError(found.kty)
    if found.d is not None or found.alg not in (None, algorithm):
        raise ValueError(found.kid)
    if found.key_ops is not None and "verify" not in found.key_ops:
        raise ValueError(found.kid)
    return VerifyingKey(algorithm, jwk.construct(members, algorithm), found.kid)
