"""Providers that take a message and do not answer: by e-mail it goes again, to a phone never, and the agent is told."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from aiosmtpd.smtp import Envelope
from structlog.testing import capture_logs

from booking.adapters.mail.smtp import SmtpMailer
from booking.adapters.phones import sns, whatsapp
from booking.adapters.phones.sns import SnsMessages
from booking.adapters.phones.whatsapp import WhatsApp
from booking.adapters.postgres.engine.database import Database
from booking.config.mail_provider import MailServer as Server
from booking.config.mail_provider import MailSettings
from booking.config.phone_providers import SmsSettings, WhatsAppSettings
from booking.domain.notices.plan import PlanSettings
from booking.domain.people.contact import Channel
from booking.service.notices.letters import Letters
from booking.service.notices.sender import NoticeSender
from tests.builders import CODE, Organization, claims
from tests.chaos.figures import Figures
from tests.chaos.scene import Scene, scene
from tests.chaos.senders import LEFT, begin, happen
from tests.support.answers import Answers, Asked, listening
from tests.support.database import Server as Postgres
from tests.support.mail import PlainPhoneWords, PlainWords
from tests.support.mail_servers import MailServer, mail_server
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld, as_owner

LOST = 0.3  # of the answers
PATIENCE = 0.4  # seconds
ROUND = timedelta(minutes=2)  # until an e-mail goes again
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)
FOUND = """
    SELECT n.id::text, n.channel, n.kind, n.state, n.attempts, n.start_time <= booking_now() AS begun,
           EXISTS (SELECT FROM notices told WHERE told.organization_id = n.organization_id
                   AND told.kind = 'outcome_unknown' AND told.recipient = 'agent'
                   AND told.cause = 'unknown:' || n.id AND told.state IN ('sent', 'obsolete')) AS told
    FROM notices n"""


class Phones(Answers):
    """APIs of SNS and Meta. `taken`: messages that were, by channel; `lost`: those whose answer was."""

    def __init__(self) -> None:
        super().__init__(None)
        self.taken, self.lost = Counter[str](), Counter[str]()

    def answer(self, asked: Asked) -> tuple[int, str] | None:
        if b"CheckIfPhoneNumberIsOptedOut" in asked.body:
            return 200, "<R><CheckIfPhoneNumberIsOptedOutResult/></R>"
        channel = "whatsapp" if "/messages" in asked.path else "sms"
        self.taken[channel] += 1
        if random.random() < LOST:
            self.lost[channel] += 1
            return random.choice([None, self.HANGS])
        answers = {
            "whatsapp": '{"messages": [{"id": "w"}]}',
            "sms": "<R><PublishResult><MessageId>m</MessageId></PublishResult></R>",
        }
        return 200, answers[channel]


def lost_answers(rounds: int, _folder: Path, server: Postgres) -> Figures:
    figures = Figures(fault="provider that takes a message and does not answer in time", rounds=rounds)
    with scene(server, slots=0) as made, patch.object(sns, "DEADLINE", PATIENCE):
        asyncio.run(_lose(figures, made))
    return figures


async def _lose(figures: Figures, made: Scene) -> None:
    await begin(made, CHANNELS)
    database = Database(made.serving_url)
    store = postgres_store(database)
    world = PostgresWorld(store, made.owner_url, database)
    await _prove_phones(made, Organization(store, made.organization_id))
    lost, phones = Counter[str](), Phones()
    async with mail_server() as mail, listening(phones), _sender(world, mail, phones) as sender:
        mail.loses = lambda envelope: _loses(envelope, lost)
        for number in range(figures.rounds):
            await happen(made, number)
            with capture_logs():
                while await sender.step() or sender.under_way:
                    pass
            await world.jump(ROUND * (number + 1))
        for later in range(1, 8):
            await world.jump(ROUND * figures.rounds + later * timedelta(hours=1))
            with capture_logs():
                while await sender.step() or sender.under_way:
                    pass
        taken = Counter(_id(str(one["Message-ID"])) for one in mail.messages)
    await _judge(figures, made, taken, lost, phones)
    await database.close()


@asynccontextmanager
async def _sender(world: PostgresWorld, mail: MailServer, phones: Phones) -> AsyncIterator[NoticeSender]:
    server = Server(host="127.0.0.1", port=mail.port, tls=False)
    meta = WhatsAppSettings(url=f"{phones.url}/v23.0/1", token="t" * 32, app_secret="", verify_token="")
    aws = {"AWS_ENDPOINT_URL": phones.url, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    with patch.dict(os.environ, aws), patch.object(whatsapp, "DEADLINE", httpx.Timeout(PATIENCE)):
        providers: dict[Channel, Any] = {
            Channel.EMAIL: SmtpMailer(MailSettings(server=server, sender="visits@example.com"), server, step=PATIENCE),
            Channel.SMS: SnsMessages(SmsSettings(region="eu-west-1")),
            Channel.WHATSAPP: WhatsApp(meta),
        }
        try:
            yield NoticeSender(world.store.notice_queue, Letters(PlainWords(), PlainPhoneWords()), providers)
        finally:
            for one in providers.values():
                await one.aclose()


async def _prove_phones(made: Scene, agency: Organization) -> None:
    """The agency tells by all channels, and its people have proved their phones."""
    await agency.notice_plans.put(await agency.admin(), PlanSettings(channels=CHANNELS), expected=None)
    for number, subject in enumerate(made.subjects):
        person = await agency.identity.identify(claims(subject), None)
        await agency.contacts.change(person, {"phone": f"+493012345{number}"})
        await agency.phones.send_code(person, None)
        await agency.phones.prove(person, CODE)


def _loses(envelope: Envelope, lost: Counter[str]) -> bool:
    if random.random() >= LOST:
        return False
    content = envelope.content
    assert isinstance(content, bytes)
    head = content.decode().split("\r\n\r\n")[0]
    lost[_id(next(line for line in head.splitlines() if line.lower().startswith("message-id:"))[11:].strip())] += 1
    return True


def _id(header: str) -> str:
    return header.strip("<>").partition("@")[0]


async def _judge(figures: Figures, made: Scene, taken: Counter[str], lost: Counter[str], phones: Phones) -> None:
    """An e-mail came as often as no answer was heard, and once more; to a phone nothing came twice."""
    if (await as_owner(made.owner_url, LEFT))[0][0]:
        figures.faults.append("notices that are due were not sent")
    states = Counter[tuple[str, str]]()
    for row in await as_owner(made.owner_url, FOUND):
        if row["channel"] == "email":
            copies, without = taken[row["id"]], lost[row["id"]]
            figures.doubled += max(0, copies - without - 1)
            figures.lost += row["state"] == "sent" and copies <= without
            if without and row["state"] not in ("sent", "obsolete"):
                figures.faults.append(f"{row['kind']} is {row['state']} after an answer that was lost")
            continue
        states[row["channel"], row["state"]] += 1
        if row["state"] == "unknown" and not (row["told"] or row["begun"]):
            figures.faults.append(f"the agent was not told of a {row['kind']} without an outcome")
    for channel, count in phones.taken.items():
        sent, unknown = states[channel, "sent"], states[channel, "unknown"]
        figures.doubled += max(0, count - sent - unknown)
        figures.lost += max(0, sent + phones.lost[channel] - count)
        if unknown < phones.lost[channel]:
            figures.faults.append(f"{phones.lost[channel]} answers were lost by {channel}, {unknown} outcomes unknown")
    figures.acknowledged = taken.total() - lost.total() + phones.taken.total() - phones.lost.total()
