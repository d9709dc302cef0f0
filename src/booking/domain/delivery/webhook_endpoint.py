"""Webhook endpoints: receivers of an organization's events over HTTP, each with a secret that signs these."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_bytes
from uuid import UUID

from booking.domain.delivery.receiver_url import UrlRefused, read_receiver_url
from booking.domain.fault import Fault, FaultCode
from booking.domain.keys import Key
from booking.domain.refusals import InvalidRequest
from booking.domain.values import Value

MOST = 20
"""Endpoints of an organization."""

BOTH_SIGN = timedelta(hours=24)
"""Time for which the former secret signs, too."""

KEPT = timedelta(days=30)
"""Time for which attempts to deliver are kept."""

WARNED_AFTER = timedelta(days=3)
DISABLED_AFTER = timedelta(days=5)
"""Time for which an endpoint fails until its organization is told of it, and until it is disabled: from the first
failure in a row to now, unless something is to be sent now that might be answered."""

SECRET_BYTES = 32


class EndpointStatus(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"


class EndpointSettings(Value, kw_only=True):
    """Settings of an endpoint. `types`: of the events that it hears; None: all, those of newer releases included."""

    url: str
    types: Sequence[str] | None = None
    description: str | None = None


class WebhookEndpoint(Value, kw_only=True):
    """An endpoint. It has heard, or will by its deliveries, all events up to `position` of the organization; the newest
    one is at `head`. `failing_since`: of the first failure in a row.
    """

    organization_id: UUID
    id: UUID
    settings: EndpointSettings
    version: int
    position: int
    head: int
    failing_since: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        return self.organization_id, self.id

    @property
    def status(self) -> EndpointStatus:
        return EndpointStatus.ENABLED if self.disabled_at is None else EndpointStatus.DISABLED


def new_secret() -> str:
    """Make a secret, in the form of Standard Webhooks."""
    return f"whsec_{b64encode(token_bytes(SECRET_BYTES)).decode()}"


def require_receiver(url: str, *, loopback: bool) -> None:
    """Raise InvalidRequest unless a receiver may have this URL, in the same words for each that it may not have."""
    try:
        read_receiver_url(url, loopback=loopback)
    except UrlRefused as refused:
        raise InvalidRequest([Fault(pointer="#/url", code=FaultCode.WRONG_FORMAT, detail=str(refused))]) from None
