"""Cipher of an access note: AES-256-GCM, bound to the property, under the newest key; former keys still read."""

import os
from collections.abc import Sequence
from contextlib import suppress

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from booking.domain.refusals import SecretsNotConfigured
from booking.domain.slot import Key

FORM = b"\x01"  # of what follows: the nonce and the text with its tag
NONCE = 12  # bytes, as the GCM of NIST SP 800-38D has them

log = structlog.get_logger("booking.note_cipher")


class NoteCipher:
    def __init__(self, secret: str | None = None, before: Sequence[str] = ()) -> None:
        self._newest = None if secret is None else _cipher(secret)
        self._readers = [*filter(None, [self._newest]), *map(_cipher, before)]

    def encrypt(self, note: str, of: Key) -> bytes:
        """Encrypt the note of a property; SecretsNotConfigured without a key."""
        if self._newest is None:
            raise SecretsNotConfigured
        nonce = os.urandom(NONCE)
        return FORM + nonce + self._newest.encrypt(nonce, note.encode(), _bound(of))

    def decrypt(self, encrypted: bytes, of: Key) -> str | None:
        """Decrypt the note of a property; None, and a warning, where no key fits."""
        form, nonce, text = encrypted[:1], encrypted[1 : 1 + NONCE], encrypted[1 + NONCE :]
        for cipher in self._readers if form == FORM else ():
            with suppress(InvalidTag, ValueError):  # which a cut-off nonce is
                return cipher.decrypt(nonce, text, _bound(of)).decode()
        log.warning("access note that no key fits", organization_id=str(of[0]), property_id=str(of[1]))
        return None


def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=b"booking access note").derive(secret.encode()))


def _bound(of: Key) -> bytes:
    """Bytes that bind a text to its property: copied to another row, no key fits."""
    return of[0].bytes + of[1].bytes
