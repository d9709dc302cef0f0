"""Screenings by HTTP, signed with the secret of a development instance."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from standardwebhooks.webhooks import Webhook

from booking.cli.instance import DevInstance, NoInstance
from booking.domain.people.applicant import RiskLevel


async def send_signed(instance: DevInstance, email: str, risk: RiskLevel) -> None:
    """Send the screening of a person to a development instance."""
    secret = instance.environment.get("BOOKING_INBOUND_SECRETS", "").partition("=")[2].partition(",")[0]
    if not secret:
        raise NoInstance("the instance takes no screenings by HTTP: it has no BOOKING_INBOUND_SECRETS")
    organization_id, at, message_id = instance.environment["ORGANIZATION_ID"], datetime.now(UTC), str(uuid4())
    body = json.dumps(
        {
            "event_type": "APPLICANT_SCREENED",
            "applicant_id": str(uuid5(UUID(organization_id), email)),
            "organization_id": organization_id,
            "name": "Alex Trigger",
            "email": email,
            "risk_level": risk,
        }
    )
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body),
    }
    await instance.ask("POST", "/inbound/screenings", body.encode(), headers=headers)
