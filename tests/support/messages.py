"""Signed messages of a sender by HTTP, made without the service's own code."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections import Counter
from typing import Any
from uuid import uuid4

from prometheus_client import REGISTRY

SECRET = bytes(range(32))
WRITTEN = f"whsec_{b64encode(SECRET).decode()}"
PATH = "/api/v1/inbound/screenings"
OUTCOMES = ("registered", "repeated", "unknown", "malformed", "refused")


def event(organization_id: object, **changes: Any) -> dict[str, Any]:
    whole = {
        "event_type": "APPLICANT_SCREENED",
        "applicant_id": str(uuid4()),
        "organization_id": str(organization_id),
        "name": "Ada",
        "email": f"{uuid4()}@example.com",
        "risk_level": "LOW",
    }
    return whole | changes


def body_of(organization_id: object, **changes: Any) -> bytes:
    return json.dumps(event(organization_id, **changes)).encode()


def signature(body: bytes, id: str, timestamp: object, secret: bytes = SECRET) -> str:
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def signed(
    body: bytes,
    *,
    id: str | None = None,
    at: float | None = None,
    secret: bytes = SECRET,
    family: str = "webhook",
) -> dict[str, str]:
    """The headers of a message."""
    id, timestamp = id or f"msg_{uuid4().hex}", int(time.time() if at is None else at)  # noqa: A001
    return {
        f"{family}-id": id,
        f"{family}-timestamp": str(timestamp),
        f"{family}-signature": signature(body, id, timestamp, secret),
    }


def counted(sender: str) -> Counter[str]:
    """How many messages of a sender came to what, since the process began."""
    told = {one: {"sender": sender, "outcome": one} for one in OUTCOMES}
    return Counter(
        {one: int(REGISTRY.get_sample_value("booking_inbound_messages_total", by) or 0) for one, by in told.items()}
    )
