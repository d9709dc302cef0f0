"""Withdrawals of properties whose jobs are cut short: their processes are killed, or stopped past their lease."""

import asyncio
import http.client
import json
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from booking.domain.people.contact import Channel
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE, REFUSED, Client
from tests.chaos.planning.homes import Home, home
from tests.chaos.scene import Scene, scene, violations
from tests.chaos.service import APART, SECRET, Instance, instance
from tests.support.database import Server
from tests.support.mail_servers import MailServer, mail_server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

STOPS = 5  # of each job, about
OVER = "UPDATE leases SET leased_until = clock_timestamp() WHERE name = 'jobs'"
OF_ENDS = ("Visit cancelled", "Cancelled, and no place", "withdrawn")
UNSENT = """
    SELECT (SELECT count(*) FROM events WHERE position IS NULL)
         + (SELECT coalesce(sum(p.last - s.position), 0) FROM subscriptions s, positions p WHERE s.kind = 'notices')
         + (SELECT count(*) FROM notices WHERE state IN ('queued', 'sending') AND due_at <= booking_now()) AS unsent"""
LEFT = """
    SELECT (SELECT count(*) FROM slots WHERE cancelled_at IS NULL) AS slots,
           (SELECT count(*) FROM bookings WHERE status IN ('held', 'offered', 'pending_approval', 'confirmed')) AS live,
           (SELECT count(*) FROM waitlist WHERE status IN ('waiting', 'offered')) AS entries"""
ENDS = """
    SELECT type, slot_id, booking_id, applicant_id, count(*) AS times FROM events
    WHERE type IN ('slot.cancelled', 'booking.cancelled', 'waitlist.skipped', 'property.withdrawn')
    GROUP BY type, slot_id, booking_id, applicant_id, property_id"""


def stopped_jobs(rounds: int, folder: Path, server: Server) -> Figures:
    """A round is a stop, of processes that serve. The one that sends goes on: how it is stopped is `senders`' proof."""
    figures = Figures(fault="processes of a job killed, or SIGSTOPped past its lease and continued", rounds=rounds)
    homes: list[Home] = []
    with scene(server, people=0, slots=0) as made, _mails() as mails:
        smtp = {"BOOKING_SMTP_URL": f"smtp://127.0.0.1:{mails.port}", "BOOKING_MAIL_FROM": "visits@example.com"}
        with (
            instance(made.serving_url, folder, **smtp) as one,
            instance(made.serving_url, folder, **smtp) as two,
            instance(made.serving_url, folder, **smtp, **{APART: "yes"}),
        ):
            for done in range(0, rounds, STOPS):
                homes.append(asyncio.run(_home(made, len(homes))))
                _withdrawn(figures, made, (one, two), homes[-1], min(STOPS, rounds - done))
            asyncio.run(_sent(figures, made))
        _told(figures, homes, mails.messages)
        return asyncio.run(_judged(figures, made, homes))


async def _home(made: Scene, number: int) -> Home:
    database = Database(made.serving_url)
    try:
        await PostgresNotices(database).follow([Channel.EMAIL])  # which else the processes do when they have started
        return await home(postgres_store(database), made.organization_id, number)
    finally:
        await database.close()


def _withdrawn(figures: Figures, made: Scene, running: tuple[Instance, Instance], home: Home, stops: int) -> None:
    """Withdraw a home while people book there, and stop processes of the job while it is under way."""
    clients = [Client(lambda: random.choice(running).address, _token(subject)) for subject, _ in home.late]
    with _booking(clients, [*map(str, home.slots)]):
        began = _asked(running[0], "POST", f"properties/{home.property_id}/withdraw", made, {"reason": "It is sold."})
        job = UUID(began["job"]["id"])
        midway = asyncio.run(_stopped(made, running, job, stops))
    ended = _asked(running[0], "GET", f"jobs/{job}", made)["job"]
    for client, (_, email) in zip(clients, home.late, strict=True):
        home.told += [email, home.agent] * len(client.bookings)
        figures.faults += client.unexpected
        if client.stuck:
            figures.faults.append(f"{client.stuck} requests were never answered")
    figures.acknowledged += len(home.slots) + sum(len(client.bookings) for client in clients)
    if not midway:
        figures.faults.append("the job was never stopped midway")
    if (ended["state"], ended["done"], ended["failures"]) != ("done", len(home.slots), []):
        figures.faults.append(f"the job of {len(home.slots)} slots says {ended}")


@contextmanager
def _booking(clients: Sequence[Client], slots: Sequence[str]) -> Iterator[None]:
    """Have people book there from before the block to its end."""
    booked, over = threading.Barrier(len(clients) + 1), threading.Event()

    def work(client: Client) -> None:
        client.refused = (*REFUSED, "property_withdrawn", "slot_cancelled")
        client.book(random.choice(slots))
        booked.wait(PATIENCE)
        while not over.is_set():
            client.book(random.choice(slots))
        client.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        working = [pool.submit(work, client) for client in clients]
        try:
            booked.wait(PATIENCE)
            yield
        finally:
            over.set()
    for one in working:
        one.result()


async def _stopped(made: Scene, running: tuple[Instance, Instance], job: UUID, stops: int) -> int:
    """Stop one process or both at so many points of the job; return how often it was midway."""
    connection = await asyncpg.connect(made.owner_url)

    async def reached(share: float) -> tuple[str, int, int]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            (row,) = await connection.fetch("SELECT state, done, total FROM jobs WHERE id = $1", job)
            if row["state"] in ("done", "failed") or share * row["total"] <= row["done"] < row["total"]:
                return row["state"], row["done"], row["total"]
            await asyncio.sleep(0.005)
        raise AssertionError("the job does not come to an end")

    midway = 0
    try:
        for number in range(stops):
            await reached(number / (stops + 1))
            await asyncio.sleep(random.random() * 0.1)
            chosen = random.choice([running, running[:1], running[1:]])
            freeze = random.random() < 0.4
            for one in chosen:
                one.send(signal.SIGSTOP if freeze else signal.SIGKILL)
            state, _, _ = await reached(0)
            midway += state == "running"
            await connection.execute(OVER)
            await asyncio.sleep(random.random() * (1.0 if freeze else 0.1))
            for one in chosen:
                if freeze:
                    one.send(signal.SIGCONT)
                else:
                    one.ended()
                    one.start()
            await connection.execute(OVER)
        await reached(1)
    finally:
        await connection.close()
    return midway


def _asked(one: Instance, method: str, path: str, made: Scene, content: object = None) -> Any:
    agency = Agency(organization_id=made.organization_id, role=AgentRole.ADMIN)
    token = mint(SECRET, subject="admin-of-homes", lifetime=timedelta(hours=12), agency=agency)
    connection = http.client.HTTPConnection(*one.address, timeout=30)
    try:
        body = None if content is None else json.dumps(content)
        connection.request(method, f"/api/v1/{path}", body, {"Authorization": f"Bearer {token}"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def _token(subject: str) -> str:
    return mint(SECRET, subject=subject, lifetime=timedelta(hours=12))


@contextmanager
def _mails() -> Iterator[MailServer]:
    """Run a server of e-mail on a thread of its own."""
    serving, begun, over = Future[MailServer](), asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with mail_server() as made:
            serving.set_result(made)
            await over.wait()

    thread = threading.Thread(target=lambda: begun.run_until_complete(serve()), daemon=True)
    thread.start()
    try:
        yield serving.result(PATIENCE)
    finally:
        begun.call_soon_threadsafe(over.set)
        thread.join(PATIENCE)
        begun.close()


async def _sent(figures: Figures, made: Scene) -> None:
    """Wait for as long as it goes on."""
    deadline, before = time.monotonic() + PATIENCE, None
    while unsent := (await as_owner(made.owner_url, UNSENT))[0]["unsent"]:
        if unsent != before:
            deadline, before = time.monotonic() + PATIENCE, unsent
        if time.monotonic() > deadline:
            figures.faults.append(f"{unsent} notices that are due were not sent")
            return
        await asyncio.sleep(0.1)


def _told(figures: Figures, homes: Sequence[Home], messages: Sequence[EmailMessage]) -> None:
    """Everybody heard of the end of each of their visits once."""
    ends = [parseaddr(one["To"])[1] for one in messages if any(word in one["Subject"] for word in OF_ENDS)]
    told, wanted = Counter(ends), Counter(email for one in homes for email in one.told)
    figures.lost += (wanted - told).total()
    figures.doubled += (told - wanted).total()


async def _judged(figures: Figures, made: Scene, homes: Sequence[Home]) -> Figures:
    """Nothing is left, and nothing happened twice."""
    (left,) = await as_owner(made.owner_url, LEFT)
    figures.lost += sum(left)
    ends = await as_owner(made.owner_url, ENDS)
    figures.doubled += sum(row["times"] > 1 for row in ends)
    kinds = Counter(row["type"] for row in ends)
    slots = sum(len(one.slots) for one in homes)
    if (kinds["slot.cancelled"], kinds["property.withdrawn"]) != (slots, len(homes)):
        figures.faults.append(f"of {len(homes)} homes with {slots} slots these events were recorded: {dict(kinds)}")
    figures.faults += await violations(made)
    return figures
