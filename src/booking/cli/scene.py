"""Steps in a development instance that several types of events begin with."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from booking.cli.instance import AGENT, APPLICANT, OTHER_APPLICANT, DevInstance, Refused
from booking.cli.screenings import send_signed
from booking.domain.events import EventType
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel

FARTHEST = 60  # days ahead
TRIES = 20  # times until one is free in the agent's calendar


class Scene:
    """Steps that several types begin with. Each says what it has done."""

    def __init__(self, instance: DevInstance) -> None:
        self.instance = instance

    def said(self, what: str) -> None:
        print(what, flush=True)

    async def slot(self, property_id: str | None = None, capacity: int = 1) -> str:
        """Offer a slot at a time at which the agent is free."""
        now = datetime.fromisoformat((await self.instance.post("/dev/clock", {"advance_seconds": 0}))["now"])
        tomorrow = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        for left in reversed(range(TRIES)):
            start = tomorrow + timedelta(minutes=30 * random.randrange(FARTHEST * 48))  # noqa: S311 - any will do
            body = {
                "property_id": property_id or self.instance.environment["PROPERTY_ID"],
                "start_time": start.isoformat(),
                "end_time": (start + timedelta(minutes=30)).isoformat(),
                "capacity": capacity,
            }
            try:
                slot = (await self.instance.post("/slots", body, as_=AGENT))["slot"]
            except Refused as refused:
                if refused.code != "slot_overlap" or not left:
                    raise
            else:
                self.said(f"slot {slot['id']} is offered, for {slot['start_time']}")
                return str(slot["id"])
        raise AssertionError

    async def booking(self, slot_id: str, as_: str = APPLICANT) -> str:
        booking = (await self.instance.post("/bookings", {"slot_id": slot_id}, as_=as_))["booking"]
        self.said(f"booking {booking['id']} of it is {booking['status']}")
        return str(booking["id"])

    async def waiting(self) -> tuple[str, str, str]:
        """Let an applicant wait for a slot that another one has booked."""
        slot_id = await self.slot()
        booking_id = await self.booking(slot_id, OTHER_APPLICANT)
        entry = (await self.instance.post(f"/slots/{slot_id}/waitlist", as_=APPLICANT))["entry"]
        self.said(f"entry {entry['id']} waits for it")
        return slot_id, booking_id, str(entry["id"])

    async def requested(self, **policy: int) -> str:
        """Book at a property whose bookings an agent has to approve."""
        property_id = str(uuid4())
        await self.patch(f"/properties/{property_id}/policy", {"approval_levels": ["LOW", "MEDIUM"], **policy})
        self.said(f"bookings at property {property_id} have to be approved")
        return await self.booking(await self.slot(property_id))

    async def screened(self, email: str, risk: RiskLevel = RiskLevel.LOW) -> None:
        await send_signed(self.instance, email, risk)
        self.said(f"{email} is screened: {risk}")

    async def signed_in(self, **claims: Any) -> dict[str, Any]:
        """Return a token of a person, and how the service sees them."""
        token = (await self.instance.post("/dev/token", claims))["token"]
        me = (await self.instance.get("/me", token=token))["me"]
        self.said(f"{claims.get('email')} signs in")
        return {"token": token, **me}

    async def colleague(self) -> dict[str, Any]:
        email = f"colleague-{uuid4().hex[:8]}@example.com"
        return await self.signed_in(email=email, name="Kim Trigger", role=AgentRole.MEMBER)

    async def patch(self, path: str, body: dict[str, Any]) -> None:
        """Change a thing in the version that it has now."""
        tag = (await self.instance.ask("GET", path)).headers["ETag"]
        await self.instance.ask("PATCH", path, body, headers={"If-Match": tag})

    async def endpoint(self) -> str:
        body = {
            "url": "https://hooks.example.com/trigger",
            "types": [EventType.SLOT_CREATED],
            "description": "Triggered",
        }
        endpoint = (await self.instance.post("/webhook-endpoints", body))["webhook_endpoint"]
        self.said(f"webhook endpoint {endpoint['id']} is created")
        return str(endpoint["id"])

    async def without(self, endpoint_id: str) -> None:
        await self.instance.ask("DELETE", f"/webhook-endpoints/{endpoint_id}")
        self.said("and deleted")
