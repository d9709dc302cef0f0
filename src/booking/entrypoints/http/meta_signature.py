"""Signatures of Meta: of each notification by the app's secret, and of a subscription by a word of the operator's."""

import hmac
from collections.abc import Iterable

from booking.domain.refusals import SignatureInvalid
from booking.phone_providers import WhatsAppSettings

HEADER = b"x-hub-signature-256"
PREFIX = b"sha256="


class MetaSignature:
    def __init__(self, settings: WhatsAppSettings) -> None:
        self.number_id = settings.number_id
        self._secret = settings.app_secret.encode()
        self._word = settings.verify_token.encode()

    def verify(self, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
        """Raise SignatureInvalid for a body that Meta has not signed."""
        given = [value for name, value in headers if name == HEADER]
        expected = PREFIX + hmac.new(self._secret, body, "sha256").hexdigest().encode()
        if len(given) != 1 or not hmac.compare_digest(given[0], expected):
            raise SignatureInvalid("X-Hub-Signature-256 does not fit")

    def confirm(self, word: str) -> None:
        """Raise SignatureInvalid for a subscription that is not the operator's."""
        if not hmac.compare_digest(word.encode(), self._word):
            raise SignatureInvalid("hub.verify_token is not the one that is configured here")
