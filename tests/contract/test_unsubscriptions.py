"""People unsubscribe from messages that a visit does not need, and from no others; in memory and in PostgreSQL."""

from collections.abc import Mapping
from uuid import uuid4

import pytest
import sqlalchemy as sa

from booking.adapters.postgres.tables.notices import unsubscriptions
from booking.adapters.unsubscription_tokens import UnsubscriptionTokens
from booking.domain.notices.notice import NoticeKind, NoticeState
from booking.domain.notices.unsubscription import NoticeGroup
from booking.domain.people.contact import Channel
from booking.domain.people.organization import Organization
from booking.domain.refusals import NotFound
from booking.service.notices.letters import Letters
from booking.service.notices.sender import NoticeSender
from booking.service.notices.unsubscriptions import UnsubscriptionService
from tests.builders import HOUR
from tests.contract.test_notices import ADA, EVE, Scene
from tests.support.mail import PlainPhoneWords
from tests.support.worlds import MemoryWorld, PostgresWorld, World

BASE = "https://visits.example.com"


async def secret() -> bytes:
    return b"7" * 32


async def another_secret() -> bytes:
    return b"8" * 32


async def left(world: World) -> int:
    """The number of unsubscriptions that are kept."""
    if isinstance(world, MemoryWorld):
        return len(world.state.unsubscriptions)
    assert isinstance(world, PostgresWorld)
    (row,) = await world.database.fetch(sa.select(sa.func.count()).select_from(unsubscriptions))
    return int(row[0])


class Unsubscribing(Scene):
    """The same agency, whose messages have links to unsubscribe."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.service = UnsubscriptionService(world.store.unsubscriptions, UnsubscriptionTokens(secret), BASE)
        self.headers: dict[tuple[str, str], Mapping[str, str]] = {}
        providers = {Channel.EMAIL: self.post}
        self.sender = NoticeSender(
            world.store.notice_queue,
            Letters(self.words, PlainPhoneWords()),
            providers,
            self.ends.append,
            unsubscriptions=self.service,
        )

    async def mails(self, hours: int) -> Mapping[str, Mapping[str, str]]:
        """The headers of all that is sent within hours, by recipient and kind."""
        found: dict[str, Mapping[str, str]] = {}
        for _ in range(hours // 4):
            self.passed += 4 * HOUR
            await self.world.jump(self.passed)
            await self.plan()
            while await self.sender.step():
                pass
            found |= {f"{one.to} {one.kind}": one.headers for one in self.post.emails}
            self.post.emails.clear()
        return found


@pytest.fixture
async def scene(world: World) -> Unsubscribing:
    scene = Unsubscribing(world)
    await scene.begin()
    return scene


def token(headers: Mapping[str, str]) -> str:
    return headers["List-Unsubscribe"].removeprefix(f"<{BASE}/u/").removesuffix(">")


async def test_whoever_unsubscribes_gets_no_such_messages_any_more_but_all_that_a_visit_needs(
    scene: Unsubscribing,
) -> None:
    noon = scene.noon()
    await scene.visit(noon)
    sent = await scene.mails(72)
    assert {one for one, headers in sent.items() if headers} == {
        f"{ADA} {NoticeKind.REMINDER}",
        f"{EVE} {NoticeKind.AGENT_DAY}",
    }
    reminded = sent[f"{ADA} reminder"]
    assert reminded["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    view = await scene.service.show(token(reminded))
    assert (view.group, view.subscriber.unsubscribed) == (NoticeGroup.REMINDERS, False)
    for _ in range(2):
        view = await scene.service.unsubscribe(token(reminded))
        assert view.subscriber.unsubscribed
    await scene.service.unsubscribe(token(sent[f"{EVE} agent_day"]))
    scene.ends.clear()
    await scene.visit(scene.passed + noon)
    await scene.visit(scene.passed + noon + 2 * HOUR, scene.ben)
    sent = await scene.mails(72)
    assert {f"{ADA} confirmed", "ben@example.com reminder"} <= sent.keys()
    assert not {f"{ADA} reminder", f"{EVE} agent_day"} & sent.keys()
    assert {one.kind for one in scene.ends if one.state is NoticeState.SUPPRESSED} == {
        NoticeKind.REMINDER,
        NoticeKind.AGENT_DAY,
    }
    back = await scene.service.subscribe(token(reminded))
    assert not back.subscriber.unsubscribed
    await scene.visit(scene.passed + noon)
    assert f"{ADA} reminder" in await scene.mails(72)


async def test_a_page_to_unsubscribe_is_in_the_persons_language_and_of_the_agency(scene: Unsubscribing) -> None:
    agency = Organization(id=scene.agency.organization_id, name="Havel & Spree", locale="de-DE", colour="#1f4b99")
    await scene.agency.organizations.put(await scene.agency.admin(), agency, expected=None)
    await scene.agency.contacts.change(scene.ada, {"locale": "pt-PT"})
    await scene.agency.agents.change_profile(scene.agent, {"locale": "es"})
    noon = scene.noon()
    await scene.visit(noon)
    sent = await scene.mails(72)
    views = [await scene.service.show(token(sent[one])) for one in (f"{ADA} reminder", f"{EVE} agent_day")]
    assert [(one.group, one.subscriber.locale, one.subscriber.agency.name) for one in views] == [
        ("reminders", "pt-PT", "Havel & Spree"),
        ("days", "es", "Havel & Spree"),
    ]


async def test_an_erased_person_leaves_no_word_of_what_they_did_not_want(scene: Unsubscribing) -> None:
    noon = scene.noon()
    await scene.visit(noon)
    sent = await scene.mails(72)
    tokens = [token(sent[one]) for one in (f"{ADA} reminder", f"{EVE} agent_day")]
    named = [one for one in [await scene.service.tokens.read(each) for each in tokens] if one]
    for each in tokens:
        await scene.service.unsubscribe(each)
    assert scene.agent.agent
    await scene.agency.applicants.erase(scene.agency.organization_id, scene.ada.applicants[0].id)
    await scene.world.store.agents.erase(scene.agency.organization_id, scene.agent.agent.id)
    assert await left(scene.world) == 0
    for each in tokens:
        for asked in (scene.service.show(each), scene.service.unsubscribe(each), scene.service.subscribe(each)):
            with pytest.raises(NotFound):
                await asked
    for one in named:
        await scene.world.store.unsubscriptions.add(one)
    assert len(named) == 2
    assert await left(scene.world) == 0


async def test_a_link_that_is_none_of_ours_leads_to_nobody(scene: Unsubscribing) -> None:
    noon = scene.noon()
    await scene.visit(noon)
    genuine = token((await scene.mails(72))[f"{ADA} reminder"])
    other = UnsubscriptionTokens(another_secret)
    known = await scene.service.tokens.read(genuine)
    assert known
    foreign = await scene.service.tokens.of(known._replace(organization_id=uuid4()))
    for text in ("", "x", "ä", genuine[:-2], f"{genuine}AAAA", await other.of(known), foreign):
        with pytest.raises(NotFound):
            await scene.service.show(text)


async def test_without_an_address_of_this_service_messages_have_no_links_to_unsubscribe(scene: Unsubscribing) -> None:
    scene.sender.unsubscriptions = UnsubscriptionService(scene.service.unsubscriptions, scene.service.tokens, None)
    noon = scene.noon()
    await scene.visit(noon)
    assert set(map(bool, (await scene.mails(72)).values())) == {False}
