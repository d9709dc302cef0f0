"""Signatures of Meta: of each notification by the app's secret, and of a subscription by a word of the operator's."""

import hmac
from collections.abc import Sequence
from typing import TypeAlias

from booking.config.phone_providers import WhatsAppSettings
from booking.domain.notices.answer import Answer
from booking.domain.notices.report import Report
from booking.domain.refusals import SignatureInvalid
from booking.entrypoints.http.inbound.signed_requests import Headers, SignedRequests
from booking.entrypoints.messages import whatsapp_reports

HEADER = b"x-hub-signature-256"
PREFIX = b"sha256="

Heard: TypeAlias = tuple[Sequence[Report], Sequence[Answer]]


class MetaSignature:
    def __init__(self, settings: WhatsAppSettings) -> None:
        self._number_id = settings.number_id
        self._secret = settings.app_secret.encode()
        self._word = settings.verify_token.encode()

    async def read(self, headers: Headers, body: bytes) -> Heard:
        given = [value for name, value in headers if name == HEADER]
        expected = PREFIX + hmac.new(self._secret, body, "sha256").hexdigest().encode()
        if len(given) != 1 or not hmac.compare_digest(given[0], expected):
            raise SignatureInvalid("X-Hub-Signature-256 does not fit")
        return whatsapp_reports.decode(body, self._number_id)

    def confirm(self, word: str) -> None:
        """Raise SignatureInvalid for a subscription that is not the operator's."""
        if not hmac.compare_digest(word.encode(), self._word):
            raise SignatureInvalid("hub.verify_token is not the one that is configured here")


MetaRequests: TypeAlias = SignedRequests[MetaSignature, Heard]
