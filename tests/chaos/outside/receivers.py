"""Relays and the receivers of two endpoints, in processes of their own, killed, or stopped and let go on."""

import asyncio
import json
import os
import random
import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from booking.adapters.ids import new_id
from booking.adapters.notifiers.webhook import WebhookNotifier
from booking.adapters.outgoing.client import Outgoing
from booking.adapters.postgres.engine.database import Database
from booking.domain.delivery.delivery import Subscription
from booking.domain.delivery.feed import Told
from booking.domain.events import Recorded
from booking.entrypoints.http.cloud_events import encoded
from booking.entrypoints.relay import Relay
from tests.chaos.figures import Figures
from tests.chaos.relays import happen, judged
from tests.chaos.scene import Scene, handed_on, scene
from tests.chaos.workers import Start, workers
from tests.support.database import Server
from tests.support.notifiers import Telling
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

LEASE = timedelta(seconds=1.2)
FASTER = 300
"""How much faster the database's clock goes: else whoever does not answer would rest for longer than a proof lasts."""
ANSWERED = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Secrets:
    async def of(self, _: UUID, __: UUID) -> Sequence[str]:
        return ["whsec_Y2hhb3NjaGFvc2NoYW9zY2hhb3M="]


def relay(serving_url: str) -> None:
    """Hands on for ever, by HTTP."""

    async def log(_: Recorded, __: Subscription) -> None:
        """Hear all."""

    async def run() -> None:
        webhook = WebhookNotifier(
            Outgoing(deadline=0.5),
            Secrets(),
            lambda recorded: encoded(Told(recorded=recorded, for_admin=True)),
            at_once=3,
            loopback=True,
        )
        outbox = postgres_store(Database(serving_url, pool_size=4)).outbox
        worker = Relay(outbox, {"log": Telling(log, together=100), "webhook": webhook}, LEASE)
        while True:
            if not await worker.step():
                await asyncio.sleep(0.02)

    asyncio.run(run())


def receiver(port: int, heard: str) -> None:
    """Answers for ever, and writes to a file: one line for each time that an event was heard."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        event = json.loads(await reader.readexactly(int(fields["content-length"])))
        await asyncio.sleep(random.random() * 0.01)
        descriptor = os.open(heard, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, f"{event['data']['booking_id']} {fields['webhook-id']}\n".encode())
        os.close(descriptor)
        writer.write(ANSWERED)
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", port) as server:
            await server.serve_forever()

    asyncio.run(run())


def stopped_receivers(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(fault="relay or receiver of a webhook killed, or SIGSTOPped and continued", rounds=rounds)
    with scene(server, slots=0) as made:
        asyncio.run(_hurry(made))
        starts: list[Start] = [(relay, (made.serving_url,))] * 2
        files = []
        for number in range(2):
            port, heard = _free_port(), folder / f"receiver-{number}-{made.organization_id}"
            asyncio.run(_subscribe(made, f"http://127.0.0.1:{port}/"))
            starts.append((receiver, (port, str(heard))))
            files.append(heard)
        with workers(starts, LEASE) as working:
            for _ in range(rounds):
                asyncio.run(happen(made))
                working.stop_one()
            if not asyncio.run(handed_on(made)):
                figures.faults.append("events were not handed on")
        for heard in files:
            asyncio.run(judged(figures, made, heard.read_text(encoding="utf-8").splitlines()))
    return figures


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def _hurry(made: Scene) -> None:
    (row,) = await as_owner(made.owner_url, "SELECT now() AS now")
    await as_owner(
        made.owner_url,
        "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
        f"AS 'SELECT now() + (now() - timestamptz ''{row['now'].isoformat()}'') * {FASTER - 1}'",
    )


async def _subscribe(made: Scene, url: str) -> None:
    await as_owner(
        made.owner_url,
        "INSERT INTO subscriptions (organization_id, id, kind, target, position) VALUES ($1, $2, 'webhook', $3, 0)",
        made.organization_id,
        new_id(),
        url,
    )
