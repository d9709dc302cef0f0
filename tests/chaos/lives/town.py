"""Agencies in one database and by one clock, their mail, and a judge of each message when it is accepted."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import asyncpg
from structlog.testing import capture_logs

from booking import time_zones
from booking.adapters.notifiers.notices import NoticeNotifier
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault, HandoverRefused
from booking.domain.people.contact import Channel
from booking.entrypoints.relay import Relay
from booking.service.notices.letters import Letters
from booking.service.notices.notices import NoticeService
from booking.service.notices.sender import NoticeSender
from tests.chaos.lives.agency import QUIET, Agency
from tests.support.mail import PlainPhoneWords, PlainWords
from tests.support.worlds import PostgresWorld

JUDGED = """
    SELECT n.kind, n.cause, n.due_at, n.start_time, n.attempts, booking_now() AS at, n.recipient_id, n.channel,
           b.status, b.sequence IS DISTINCT FROM n.sequence AS moved, a.erased_at IS NOT NULL AS erased,
           coalesce(agency.time_zone, 'UTC') AS zone, plan.quiet_since IS NOT NULL AS quiet, n.organization_id,
           EXISTS (SELECT FROM unsubscriptions u WHERE u.organization_id = n.organization_id
                   AND u.recipient_id = n.recipient_id) AS unsubscribed
    FROM notices n
    LEFT JOIN bookings b ON b.organization_id = n.organization_id AND b.id = n.booking_id
    LEFT JOIN applicants a ON a.organization_id = n.organization_id AND a.id = n.recipient_id
    LEFT JOIN organizations agency ON agency.organization_id = n.organization_id
    LEFT JOIN notice_plans plan ON plan.organization_id = n.organization_id AND plan.property_id IS NULL
    WHERE n.id = $1::uuid"""
TRUE_IN = {
    "confirmed": {"confirmed"},
    "moved": {"confirmed", "pending_approval"},
    "cancelled": {"cancelled_by_agent", "cancelled_by_applicant", "cancelled_by_screening"},
    "reminder": {"confirmed"},
}
"""States of a booking in which a message is true, as a reader of the requirements has them."""
DEAD = "UPDATE notices SET under_way_until = '-infinity' WHERE state = 'sending' RETURNING id::text"
OPEN = "SELECT kind, state FROM notices WHERE state IN ('queued', 'sending') AND due_at <= booking_now()"
TWICE = "SELECT cause FROM notices GROUP BY organization_id, cause, recipient_id, channel HAVING count(*) > 1"
SAID_TO_BE_SENT = "SELECT id::text FROM notices WHERE state = 'sent'"
UNREMINDED = """
    SELECT b.id FROM bookings b JOIN notice_plans plan ON plan.organization_id = b.organization_id
    CROSS JOIN unnest(plan.offsets) AS before
    WHERE b.organization_id = ANY ($1::uuid[]) AND b.status = 'confirmed' AND b.sequence = 0
      AND b.start_time - before - interval '12 hours' > b.created_at
      AND NOT EXISTS (SELECT FROM applicants a WHERE a.organization_id = b.organization_id AND a.id = b.applicant_id
                      AND a.erased_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM notices n WHERE n.organization_id = b.organization_id AND n.booking_id = b.id
                      AND n.before_start = before)"""
LATE = timedelta(hours=6)
LONGEST = timedelta(hours=90)  # until a visit that is booked is over


class Killed(BaseException):
    """The sender is gone, at this instant."""


class Town:
    """`tick`: so far the clock is moved at a time. `accepted` has each Message-ID as often as it was accepted."""

    def __init__(self, world: PostgresWorld, agencies: Sequence[Agency], chance: Random, tick: timedelta) -> None:
        self.world, self.agencies, self.chance, self.tick = world, agencies, chance, tick
        self.notices = NoticeService(world.store.notices, world.store.bookings)
        self.relay = Relay(world.store.outbox, {"notices": NoticeNotifier(self.notices)})
        self.sender = self._sender()
        self.accepted: Counter[str] = Counter()
        self.doubled: Counter[str] = Counter()
        self.unsaid: set[str] = set()
        self.faults: list[str] = []

    async def live(self, begins: datetime, days: float, bookings: int) -> None:
        """Let the agencies have so many bookings within these days, and time for all of them to come to their end."""
        self.at, until = begins, begins + timedelta(days=days)
        await self._clock()
        await PostgresNotices(self.world.database).follow((Channel.EMAIL,))
        for agency in self.agencies:
            await agency.begin()
        deeds = 2.5 * bookings / (days / (self.tick / timedelta(days=1)))
        self.judge = await asyncpg.connect(self.world.owner_url)
        try:
            while self.at < until + LONGEST:
                if self.at < until:
                    chosen = [
                        self.chance.choice(self.agencies) for _ in range(round(deeds + self.chance.random() - 0.5))
                    ]
                    await asyncio.gather(*(agency.act(self.at) for agency in dict.fromkeys(chosen)))
                await self._work()
                self.at += self.tick
                await self._clock()
            await self._look_back()
        finally:
            await self.judge.close()

    def room(self) -> int:
        return 20

    async def send(self, email: Email) -> Handed:
        """Accept, fail, time out, or die: before the acceptance, or after it."""
        happens = self.chance.random()
        if happens < 0.05:
            raise HandoverFailed(self.chance.choice([HandoverFault.DEFERRED, HandoverFault.NOT_CONNECTED]))
        if happens < 0.055:
            raise HandoverRefused(self.chance.choice([HandoverFault.ADDRESS_REFUSED, HandoverFault.MESSAGE_REFUSED]))
        if happens < 0.09:
            raise Killed
        async with self.judging:
            self._judge(await self.judge.fetchrow(JUDGED, email.message_id))
        self.accepted[email.message_id] += 1
        self.unsaid.add(email.message_id)
        if happens < 0.11:
            raise Killed
        if happens < 0.13:
            self._count_unsaid([email.message_id])
            raise HandoverFailed(HandoverFault.TIMED_OUT)
        return Handed(provider_id=None)

    def _sender(self) -> NoticeSender:
        self.judging = asyncio.Lock()
        return NoticeSender(
            self.world.store.notice_queue, Letters(PlainWords(), PlainPhoneWords()), {Channel.EMAIL: self}
        )

    def _count_unsaid(self, message_ids: Sequence[str]) -> None:
        """Allow a further copy of messages whose acceptance nobody has noted."""
        self.doubled.update(self.unsaid.intersection(message_ids))
        self.unsaid.difference_update(message_ids)

    async def _clock(self) -> None:
        await self.world.jump(self.at - datetime.now(UTC))

    async def _work(self) -> None:
        """Plan and send all that is due; a sender that is killed is followed by another."""
        with capture_logs():
            while await self.relay.step() or await self.notices.sweep():
                pass
            while True:
                try:
                    while await self.sender.step() or self.sender.under_way:
                        pass
                except Killed:
                    await asyncio.wait({*self.sender.under_way, asyncio.ensure_future(asyncio.sleep(0))})
                    self.sender = self._sender()
                    self._count_unsaid([row["id"] for row in await self.judge.fetch(DEAD)])
                else:
                    return

    def _judge(self, of: asyncpg.Record | None) -> None:
        """Say what is wrong with a message that is accepted now."""
        if of is None:
            self.faults.append("a message without a notice")
            return
        if of["start_time"] and of["kind"] != "agent_day" and of["at"] >= of["start_time"]:
            self.faults.append(f"{of['kind']} after the start")
        if not of["due_at"] <= of["at"] <= of["due_at"] + LATE:
            self.faults.append(f"{of['kind']} at another time")
        if of["kind"] in TRUE_IN and (of["moved"] or of["status"] not in TRUE_IN[of["kind"]]):
            self.faults.append(f"{of['kind']} of a booking that is {of['status']}")
        if of["erased"]:
            self.faults.append(f"{of['kind']} to an erased person")
        if of["unsubscribed"] and of["kind"] in ("reminder", "agent_day"):
            self.faults.append(f"{of['kind']} to somebody who has unsubscribed")
        local = of["due_at"].astimezone(time_zones.zone(of["zone"])).time()
        if of["kind"] == "reminder" and of["attempts"] == 1 and of["quiet"] and local in QUIET:
            self.faults.append("reminder in quiet hours")

    async def _look_back(self) -> None:
        """Say what was sent twice, or not at all."""
        for message_id, copies in self.accepted.items():
            if copies > 1 + self.doubled[message_id]:
                self.faults.append(f"{copies} copies of one message")
        self.faults += [f"{row['kind']} is {row['state']} for ever" for row in await self.judge.fetch(OPEN)]
        self.faults += [f"{row['cause']} twice" for row in await self.judge.fetch(TWICE)]
        said = {row["id"] for row in await self.judge.fetch(SAID_TO_BE_SENT)}
        self.faults += [f"{one} is said to be sent" for one in said - self.accepted.keys()]
        steady = [agency.id for agency in self.agencies if not agency.changed]
        self.faults += [f"no reminder of {row['id']}" for row in await self.judge.fetch(UNREMINDED, steady)]
