"""A token issuer for tests: it signs by itself, without the library under test, and publishes its keys."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

SECRET = "a-development-secret-of-more-than-32-bytes"
NOW = 1_800_000_000.0
URL = "https://issuer.test/.well-known/jwks.json"
ORGANIZATION = "0b7c1d8e-6a55-4c1f-9d3c-5a4f3f0e2b11"

Sign = Callable[[bytes], bytes]
GONE: Any = object()
VALID: dict[str, Any] = {
    "aud": "authenticated",
    "role": "authenticated",
    "sub": "5f0c0a54-2d1c-4b43-8a41-2f8f9a3fd0aa",
    "email": "ada@example.com",
    "email_verified": True,
    "iat": int(NOW),
    "exp": int(NOW) + 3600,
    "is_anonymous": False,
    "app_metadata": {"organization_id": ORGANIZATION, "role": "member"},
    "user_metadata": {},
}


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self, seconds: float = NOW) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def payload(**changes: object) -> dict[str, object]:
    """A valid one with changes; `GONE` leaves a claim out."""
    return {name: value for name, value in (VALID | changes).items() if value is not GONE}


def jws(header: bytes, body: bytes, sign: Sign) -> str:
    signing_input = f"{b64(header)}.{b64(body)}"
    return f"{signing_input}.{b64(sign(signing_input.encode()))}"


def token(header: object, claims: object, sign: Sign) -> str:
    return jws(json.dumps(header).encode(), json.dumps(claims).encode(), sign)


def hmac_by(secret: bytes, digest: str = "sha256") -> Sign:
    return lambda data: hmac.digest(secret, data, digest)


def hs256(claims: object, **header: object) -> str:
    return token({"alg": "HS256", "typ": "JWT"} | header, claims, hmac_by(SECRET.encode()))


class EcKey:
    alg = "ES256"

    def __init__(self, kid: str, curve: ec.EllipticCurve | None = None) -> None:
        self.kid = kid
        self.private = ec.generate_private_key(curve or ec.SECP256R1())

    @property
    def jwk(self) -> dict[str, object]:
        point = self.private.public_key().public_numbers()
        crv = {256: "P-256", 384: "P-384"}[self.private.key_size]
        return {"kty": "EC", "crv": crv, "kid": self.kid, "x": number(point.x), "y": number(point.y)}

    def sign(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class RsaKey:
    alg = "RS256"

    def __init__(self, kid: str, bits: int = 2048) -> None:
        self.kid = kid
        self.private = _rsa(bits)

    @property
    def jwk(self) -> dict[str, object]:
        public = self.private.public_key().public_numbers()
        return {"kty": "RSA", "kid": self.kid, "n": number(public.n), "e": number(public.e)}

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


@cache
def _rsa(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def signed(key: EcKey | RsaKey, claims: object | None = None, **header: object) -> str:
    """By that key, its id and its algorithm in the header unless said otherwise (`GONE` leaves a member out)."""
    members = {"alg": key.alg, "kid": key.kid} | header
    head = {name: value for name, value in members.items() if value is not GONE}
    return token(head, payload() if claims is None else claims, key.sign)


class Issuer(httpx.MockTransport):
    """Serves its keys, counts the fetches, and goes down or slow when told."""

    def __init__(self, *keys: object) -> None:
        super().__init__(self._answer)
        self.publish(*keys)
        self.fetches = 0
        self.up = True
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    def publish(self, *keys: object) -> None:
        self.answer(json.dumps({"keys": keys}).encode())

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.status, self.body, self.headers = status, body, headers

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.fetches += 1
        self.asked.set()
        await self.gate.wait()
        if not self.up:
            raise httpx.ConnectError("down", request=request)
        return httpx.Response(self.status, headers=self.headers, content=self._chunks())

    async def _chunks(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body), 4096):
            yield self.body[start : start + 4096]
