"""Tokens of links: an organization and a random part, sealed, so that a made-up one costs no look into the database."""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from uuid import UUID

ORGANIZATION = 16  # bytes
RANDOM = 16  # bytes
SEAL = 16  # bytes
FORM = b"link 1"  # bound to each seal, for the secret seals other things as well


class LinkTokens:
    def __init__(self, secret: Callable[[], Awaitable[bytes]]) -> None:
        self._secret = secret
        self._known: bytes | None = None

    async def new(self, organization_id: UUID) -> str:
        content = organization_id.bytes + os.urandom(RANDOM)
        return urlsafe_b64encode(content + await self._seal(content)).decode()

    async def organization(self, token: str) -> UUID | None:
        """Return the organization of a token that was made here, None of any other text."""
        try:
            whole = urlsafe_b64decode(token.encode("ascii"))
        except ValueError:
            return None
        content, seal = whole[:-SEAL], whole[-SEAL:]
        if urlsafe_b64encode(whole).decode() != token or not hmac.compare_digest(seal, await self._seal(content)):
            return None
        return UUID(bytes=content[:ORGANIZATION])

    async def _seal(self, content: bytes) -> bytes:
        if self._known is None:
            self._known = await self._secret()
        return hmac.digest(self._known, FORM + content, hashlib.sha256)[:SEAL]
