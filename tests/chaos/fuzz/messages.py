"""Messages as nobody should send them, through the consumer: each is taken in, passed over, or told to be malformed."""

import json
import random
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from structlog.testing import capture_logs

from booking.adapters.postgres.engine.database import Database
from booking.entrypoints.consumer import Consumer
from booking.service.people.applicants import ApplicantService
from booking.service.properties.properties import PropertyService
from tests.chaos.fuzz.garbling import Garbler
from tests.chaos.scene import Scene
from tests.support.stores import CIPHERS, postgres_store

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

    from tests.chaos.fuzz.fuzzing import Fuzz

BATCH = 10
OUTCOMES = ("registered", "unknown", "malformed")


class _Queue:
    """As much of a client of SQS as the consumer asks for; gives out what it is told to."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    async def receive_message(self, **_: object) -> dict[str, Any]:
        attributes = {"SentTimestamp": "1795000000000", "ApproximateReceiveCount": "1"}
        return {
            "Messages": [
                {"MessageId": str(number), "ReceiptHandle": "x", "Body": body, "Attributes": attributes}
                for number, body in enumerate(self.bodies)
            ]
        }

    async def delete_message_batch(self, **_: object) -> dict[str, Any]:
        return {}

    async def change_message_visibility_batch(self, **_: object) -> dict[str, Any]:
        return {}


async def garbled_messages(fuzz: "Fuzz", made: Scene, count: int) -> None:
    database, queue = Database(made.serving_url), _Queue()
    store = postgres_store(database)
    applicants = ApplicantService(store.applicants, store.rosters)

    properties = PropertyService(store.properties, store.now, CIPHERS.access_note)

    async def ready() -> None: ...

    consumer = Consumer(cast("SQSClient", queue), "queue", applicants, properties, ready=ready, long_poll=0)
    for first in range(0, count, BATCH):
        numbers = range(first, min(count, first + BATCH))
        queue.bodies = [_body(random.Random(f"{fuzz.seed} message {number}"), made) for number in numbers]
        with capture_logs() as lines:
            await consumer.step()
        told = {int(line["message_id"]): line for line in lines if line["event"].startswith("screening ")}
        for index, number in enumerate(numbers):
            line = told.get(index, {"event": "screening of which nothing is heard"})
            outcome = line["event"].removeprefix("screening ")
            fuzz.judge(f"message {number}", None if outcome in OUTCOMES else f"{line} of {queue.bodies[index][:300]!r}")
    await database.close()


def _body(rng: random.Random, made: Scene) -> str:
    """A screening, plain or as SNS or EventBridge wrap it, garbled within or as a whole."""
    garbler = Garbler(rng)
    event: Any = {
        "event_type": "APPLICANT_SCREENED",
        "applicant_id": str(uuid4()),
        "organization_id": rng.choice((str(made.organization_id), str(uuid4()))),
        "name": "Eve",
        "email": f"eve-{rng.randrange(50)}@example.com",
        "phone": "+4915112345678",
        "locale": "de-DE",
        "risk_level": rng.choice(("LOW", "MEDIUM", "HIGH")),
        "screened_at": "2026-11-20T15:00:00+01:00",
        "event_id": str(uuid4()),
    }
    if rng.random() < 0.6:
        event = garbler.structure(event)
    text = json.dumps(event) if rng.random() < 0.7 else garbler.content(event).decode(errors="surrogateescape")
    match rng.randrange(5):
        case 0:
            text = json.dumps({"Type": "Notification", "Message": text, "Timestamp": "2026-11-20T14:00:00Z"})
        case 1:
            text = json.dumps({"detail-type": "APPLICANT_SCREENED", "time": "2026-11-20T14:00:00Z", "detail": event})
        case 2:
            wrapper = {"Type": "Notification", "Message": text, "Timestamp": None, "detail": event, "time": 1}
            text = json.dumps(garbler.structure(wrapper))
    if rng.random() < 0.2:
        text = garbler.raw(text.encode(errors="surrogatepass")).decode(
            errors=rng.choice(("replace", "surrogateescape"))
        )
    return text
