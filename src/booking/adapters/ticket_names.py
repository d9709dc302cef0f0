"""Names of tickets for streams: random, and sealed, so that one that is made up costs no look into the database."""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable

RANDOM = 24  # bytes
SEAL = 24  # bytes
FORM = b"stream ticket 1"  # bound to each seal, for the secret seals other things as well


class TicketNames:
    def __init__(self, secret: Callable[[], Awaitable[bytes]]) -> None:
        self._secret = secret
        self._known: bytes | None = None

    async def new(self) -> str:
        random = os.urandom(RANDOM)
        return urlsafe_b64encode(random + await self._seal(random)).decode()

    async def genuine(self, name: str) -> bool:
        try:
            whole = urlsafe_b64decode(name.encode("ascii"))
        except ValueError:
            return False
        return hmac.compare_digest(whole[RANDOM:], await self._seal(whole[:RANDOM]))

    async def _seal(self, random: bytes) -> bytes:
        if self._known is None:
            self._known = await self._secret()
        return hmac.digest(self._known, FORM + random, hashlib.sha256)[:SEAL]
