"""Ciphers of secrets at rest: AES-256-GCM, bound to their row, under the newest key; former keys still read."""

import os
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from booking.domain.refusals import SecretsNotConfigured
from booking.service.ports import RowName

FORM = b"\x01"  # of what follows: the nonce and the text with its tag
NONCE = 12  # bytes, as the GCM of NIST SP 800-38D has them

log = structlog.get_logger("booking.ciphers")


class SecretCipher:
    """Cipher of secrets for one purpose. Another purpose has another key."""

    def __init__(self, purpose: str, secret: str | None, before: Sequence[str]) -> None:
        self._purpose = purpose
        self._newest = None if secret is None else self._of(secret)
        self._readers = [*filter(None, [self._newest]), *map(self._of, before)]

    @property
    def ready(self) -> bool:
        return self._newest is not None

    def encrypt(self, text: str, of: RowName) -> bytes:
        if self._newest is None:
            raise SecretsNotConfigured
        nonce = os.urandom(NONCE)
        return FORM + nonce + self._newest.encrypt(nonce, text.encode(), _bound(of))

    def decrypt(self, encrypted: bytes, of: RowName) -> str | None:
        """Decrypt a secret; None, and a warning, where no key fits."""
        form, nonce, text = encrypted[:1], encrypted[1 : 1 + NONCE], encrypted[1 + NONCE :]
        for cipher in self._readers if form == FORM else ():
            with suppress(InvalidTag, ValueError):  # which a cut-off nonce is
                return cipher.decrypt(nonce, text, _bound(of)).decode()
        log.warning(f"{self._purpose} that no key fits", of=[str(one) for one in of if isinstance(one, UUID)])
        return None

    def _of(self, secret: str) -> AESGCM:
        key = HKDF(SHA256(), length=32, salt=None, info=f"booking {self._purpose}".encode())
        return AESGCM(key.derive(secret.encode()))


class Ciphers:
    """A cipher for each purpose, all by the same keys."""

    def __init__(self, secret: str | None = None, before: Sequence[str] = ()) -> None:
        self.access_note = SecretCipher("access note", secret, before)
        self.endpoints = SecretCipher("webhook secret", secret, before)
        self.calendars = SecretCipher("calendar address", secret, before)
        self.answers = SecretCipher("kept answer", secret, before)


def _bound(of: RowName) -> bytes:
    """Return bytes that bind a text to its row: copied to another row, no key fits."""
    return b"".join(one.bytes if isinstance(one, UUID) else _framed(one.encode()) for one in of)


def _framed(text: bytes) -> bytes:
    return len(text).to_bytes(8) + text
