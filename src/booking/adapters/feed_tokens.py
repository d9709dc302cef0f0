"""Tokens of positions in the feed: AES-256-GCM, so that they tell no reader how much an agency has to do."""

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from booking.domain.delivery.feed import FeedPosition
from booking.domain.refusals import InvalidCursor

NONCE = 12  # bytes, as the GCM of NIST SP 800-38D has them
EPOCH = struct.Struct(">I")
PLACE = struct.Struct(">16sQ")  # an organization, and the position there
FORM = b"feed 1"  # bound to each token: another form is none of ours


class FeedTokens:
    def __init__(self, secret: Callable[[], Awaitable[bytes]]) -> None:
        self._secret = secret
        self._cipher: AESGCM | None = None

    async def of(self, position: FeedPosition) -> str:
        places = b"".join(PLACE.pack(one.bytes, place) for one, place in position.places.items())
        nonce = os.urandom(NONCE)
        sealed = (await self._ready()).encrypt(nonce, EPOCH.pack(position.epoch) + places, FORM)
        return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    async def read(self, token: str) -> FeedPosition:
        """Return the position; InvalidCursor for any other text than a token of this database."""
        try:
            whole = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            plain = (await self._ready()).decrypt(whole[:NONCE], whole[NONCE:], FORM)
        except (ValueError, InvalidTag) as error:
            raise InvalidCursor from error
        (epoch,) = EPOCH.unpack_from(plain)
        places = {UUID(bytes=one): place for one, place in PLACE.iter_unpack(plain[EPOCH.size :])}
        return FeedPosition(epoch=epoch, places=places)

    async def _ready(self) -> AESGCM:
        if self._cipher is None:
            self._cipher = AESGCM(await self._secret())
        return self._cipher
