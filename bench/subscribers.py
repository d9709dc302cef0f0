"""Subscribers of the bench, in processes of their own: a webhook with 20 in flight, and a bus that takes tens.

`python -m bench.subscribers DATABASE_URL ORGANIZATION_ID`. They have kinds of their own, so that the workers leave them
alone.
"""

import asyncio
import sys
from base64 import b64encode
from collections.abc import Sequence
from multiprocessing import Process, SimpleQueue
from uuid import UUID, uuid4

from bench.pace import length_of
from booking.adapters.notifiers.webhook import WebhookNotifier
from booking.adapters.outgoing.client import Outgoing
from booking.adapters.postgres.delivery.outbox import PostgresOutbox
from booking.adapters.postgres.engine.database import Database
from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.domain.delivery.feed import Told
from booking.entrypoints.http.cloud_events import encoded
from booking.entrypoints.relay import Relay

IN_FLIGHT = 20
ANSWERING = 0.02  # seconds that a receiver takes
WEBHOOK, BUS = "bench-webhook", "bench-bus"


class Bus:
    """Takes batches, as SNS, SQS and EventBridge do."""

    together, at_once = 10, 4

    async def __call__(self, deliveries: Sequence[Delivery], _: Subscription) -> Sequence[Outcome]:
        for one in deliveries:
            encoded(Told(recorded=one.recorded, for_admin=True))
        await asyncio.sleep(ANSWERING)
        return [Outcome()] * len(deliveries)


class Secrets:
    def __init__(self) -> None:
        self._secret = f"whsec_{b64encode(bytes(32)).decode()}"

    async def of(self, _: UUID, __: UUID) -> Sequence[str]:
        return [self._secret]


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(length_of(head))
    await asyncio.sleep(ANSWERING)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


def receive(told: "SimpleQueue[int]") -> None:
    async def run() -> None:
        receiver = await asyncio.start_server(answer, "127.0.0.1", 0)
        told.put(receiver.sockets[0].getsockname()[1])
        await receiver.serve_forever()

    asyncio.run(run())


async def hear(url: str, organization_id: UUID, port: int) -> None:
    target = f"http://127.0.0.1:{port}/"
    database = Database(url, pool_size=8)
    for organization, kind, to in ((organization_id, WEBHOOK, target), (UUID(int=0), BUS, "bus")):
        await database.write(
            "INSERT INTO subscriptions (organization_id, id, kind, target, position) SELECT $1, $2, $3, $4,"
            " CASE WHEN $1::uuid = $5::uuid THEN (SELECT last FROM positions)"
            " ELSE coalesce((SELECT last FROM organization_positions WHERE organization_id = $1), 0) END",
            *(organization, uuid4(), kind, to, UUID(int=0)),
        )
    webhook = WebhookNotifier(
        Outgoing(),
        Secrets(),
        lambda recorded: encoded(Told(recorded=recorded, for_admin=True)),
        at_once=IN_FLIGHT,
        loopback=True,
    )
    relay = Relay(PostgresOutbox(database), {WEBHOOK: webhook, BUS: Bus()}, pause=0.05)
    print("ready", flush=True)
    while True:
        if not await relay.step():
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    told: "SimpleQueue[int]" = SimpleQueue()
    Process(target=receive, args=(told,), daemon=True).start()
    asyncio.run(hear(sys.argv[1], UUID(sys.argv[2]), told.get()))
