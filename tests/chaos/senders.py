"""Senders of notices in processes of their own, killed at random instants, or stopped past their lease."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from booking.adapters.notifiers.notices import NoticeNotifier
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed
from booking.domain.people.agent import AgentRole
from booking.domain.people.contact import Channel
from booking.entrypoints.relay import Relay
from booking.service.notices.letters import Letters
from booking.service.notices.notices import NoticeService
from booking.service.notices.sender import MOST, NoticeSender
from tests.builders import HOUR, Organization, claims
from tests.chaos.figures import Figures
from tests.chaos.scene import Scene, scene
from tests.chaos.workers import workers
from tests.support.database import Server
from tests.support.mail import PlainPhoneWords, PlainWords
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

LEASE, FRESH = timedelta(seconds=0.6), timedelta(seconds=0.3)
PATIENCE = 30.0  # seconds, for all to be sent in the end

LEFT = "SELECT count(*) FROM notices WHERE state IN ('queued', 'sending') AND due_at <= booking_now()"


class Post:
    """Provider that accepts all: a line in a file for each e-mail, some milliseconds before it answers."""

    def __init__(self, file: str) -> None:
        self.file = file

    def room(self) -> int:
        return MOST

    async def send(self, email: Email) -> Handed:
        descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, f"{email.message_id}\n".encode())
        os.close(descriptor)
        await asyncio.sleep(random.random() * 0.02)
        return Handed(provider_id=None)


def sender(serving_url: str, letters: str) -> None:
    """Sends for ever."""

    async def run() -> None:
        queue = postgres_store(Database(serving_url, pool_size=4)).notice_queue
        worker = NoticeSender(
            queue, Letters(PlainWords(), PlainPhoneWords()), {Channel.EMAIL: Post(letters)}, lease=LEASE, fresh=FRESH
        )
        while True:
            if not await worker.step():
                await asyncio.sleep(0.02)

    asyncio.run(run())


def stopped_senders(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(fault="sender of notices killed, or SIGSTOPped past its lease and continued", rounds=rounds)
    with scene(server, slots=0) as made:
        letters = folder / f"letters-{made.organization_id}"
        letters.touch()
        asyncio.run(begin(made, (Channel.EMAIL,)))
        with workers([(sender, (made.serving_url, str(letters)))] * 2, LEASE) as senders:
            for number in range(rounds):
                asyncio.run(happen(made, number))
                time.sleep(random.random() * 0.1)
                senders.stop_one()
            if not asyncio.run(sent(made)):
                figures.faults.append("notices that are due were not sent")
        return asyncio.run(_judged(figures, made, letters.read_text(encoding="utf-8").split(), rounds))


async def begin(made: Scene, channels: Sequence[Channel]) -> None:
    database = Database(made.serving_url)
    await PostgresNotices(database).follow(channels)
    await database.close()


async def happen(made: Scene, number: int) -> None:
    """A visit is booked, and perhaps cancelled; and what people are told of it is planned."""
    database = Database(made.serving_url)
    store = postgres_store(database)
    agency = Organization(store, made.organization_id)
    told_by = claims("agent", email="agent@example.com", organization_id=made.organization_id, role=AgentRole.MEMBER)
    agent, applicant = (
        await agency.identity.identify(told_by, None),
        await agency.identity.identify(claims(made.subjects[number % len(made.subjects)]), None),
    )
    slot = await agency.slot(agent, starts_in=(30 + 2 * number) * HOUR)
    booking = await agency.book(applicant, slot.id)
    if random.random() < 0.3:
        await agency.bookings.cancel(applicant, booking.id)
    relay = Relay(store.outbox, {"notices": NoticeNotifier(NoticeService(store.notices, store.bookings))})
    while await relay.step():
        pass
    await database.close()


async def sent(made: Scene) -> bool:
    deadline = time.monotonic() + PATIENCE
    while (await as_owner(made.owner_url, LEFT))[0][0]:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True


async def _judged(figures: Figures, made: Scene, letters: Sequence[str], stops: int) -> Figures:
    """What is said to be sent was; nothing else was; and no more went twice than were under way at a stop."""
    rows = await as_owner(made.owner_url, "SELECT id::text, state, due_at <= booking_now() AS due FROM notices")
    copies = Counter(letters)
    figures.acknowledged = sum(row["state"] == "sent" for row in rows)
    figures.lost = sum(row["state"] == "sent" and not copies[row["id"]] for row in rows)
    known = {row["id"] for row in rows if row["due"]}
    figures.faults += [f"{one} was not due" for one in copies.keys() - known]
    again = sum(copies.values()) - len(copies)
    if again > stops * MOST or max(copies.values(), default=0) > 1 + stops:
        figures.doubled = again
    return figures
