"""A month of screenings at once: how many a second one process takes in, from a stub that speaks SQS."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from bench.stage import Stage
from bench.targets import ours
from tests.support.sqs import Sqs, sqs

MESSAGES = 100_000
BATCH = 10


def screenings_a_second(stage: Stage, folder: Path, messages: int = MESSAGES) -> list[float]:
    """Of each tenth, until they are deleted from the queue; every one is a person of their own."""
    with sqs() as stub:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda first: _send(stub, first, min(BATCH, messages - first)), range(0, messages, BATCH)))
        with ours(stage, folder, workers=1, environment=_environment(stub)):
            seen = [(_left(stub), time.monotonic())]
            while left := seen[-1][0]:
                while (left_now := _left(stub)) > max(0, left - messages / 10):
                    time.sleep(0.1)
                seen.append((left_now, time.monotonic()))
            return [(before - after) / (then - since) for (before, since), (after, then) in pairwise(seen)]


def _environment(stub: Sqs) -> Mapping[str, str]:
    return {"BOOKING_SQS_QUEUE_URL": stub.queue_url, **stub.environment}


def _send(stub: Sqs, first: int, count: int) -> None:
    entries = [{"Id": str(number), "MessageBody": _body(first + number)} for number in range(count)]
    stub.ask("SendMessageBatch", QueueUrl=stub.queue_url, Entries=entries)


def _body(number: int) -> str:
    return json.dumps(
        {
            "event_type": "APPLICANT_SCREENED",
            "applicant_id": str(UUID(int=number + 1)),
            "organization_id": str(UUID(int=number % 5 + 1)),
            "name": f"Person {number}",
            "email": f"screened{number}@bench.test",
            "risk_level": ("LOW", "MEDIUM", "HIGH")[number % 3],
        }
    )


def _left(stub: Sqs) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = stub.ask("GetQueueAttributes", QueueUrl=stub.queue_url, AttributeNames=names)["Attributes"]
    return sum(int(told[name]) for name in names)
