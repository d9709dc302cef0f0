"""Notice templates: an agency says it in its own words; the same in memory and in PostgreSQL."""

import pytest

from booking.domain.events import EventType
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.notices.template import Language, NoticeTemplate, OwnText, TemplateKey
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import InvalidRequest, PreconditionFailed
from booking.domain.values import replace
from tests.builders import Organization, organization
from tests.support.worlds import World

CONFIRMED = NoticeKind.CONFIRMED
HELLO = OwnText(subject="See you on {date}", body="Ring at the blue door, {name}.\nYour agent is {agent_name}.")
OLA = OwnText(language=Language.PT, body="Toque à porta azul.")


def key(agency: Organization, language: Language | None = None) -> TemplateKey:
    return TemplateKey(agency.organization_id, CONFIRMED, Recipient.APPLICANT, language)


async def test_a_text_is_empty_before_an_admin_writes_it_and_after_it_is_reset(world: World) -> None:
    agency = organization(world.store)
    admin, agent, texts = await agency.admin(), await agency.agent(), agency.templates
    usual = NoticeTemplate(key=key(agency), text=OwnText())
    assert await texts.get(agent, CONFIRMED, None, None) == usual
    await texts.reset(admin, CONFIRMED, None, None)
    kept = await texts.put(admin, CONFIRMED, None, HELLO, expected=0)
    assert kept.updated_at is not None
    assert replace(kept, updated_at=None) == NoticeTemplate(key=key(agency), text=HELLO, version=1)
    assert await texts.get(agent, CONFIRMED, Recipient.APPLICANT, None) == kept
    in_portuguese = await texts.put(admin, CONFIRMED, None, OLA, expected=None)
    assert await texts.get(agent, CONFIRMED, None, Language.PT) == in_portuguese
    assert set(await world.store.templates.of_kind(key(agency))) == {HELLO, OLA}
    await texts.reset(admin, CONFIRMED, None, None)
    await texts.reset(admin, CONFIRMED, None, None)
    reset = await texts.get(agent, CONFIRMED, None, None)
    assert replace(reset, updated_at=None) == replace(usual, version=2)
    assert await world.store.templates.of_kind(key(agency)) == (OLA,)
    again = await texts.put(admin, CONFIRMED, None, HELLO, expected=2)
    assert again.version == 3
    other = organization(world.store)
    assert await other.templates.get(await other.agent(), CONFIRMED, None, None) == NoticeTemplate(
        key=key(other), text=OwnText()
    )
    assert await world.events() == [
        *[(EventType.NOTICE_TEMPLATE_CHANGED, None, "changed")] * 2,
        (EventType.NOTICE_TEMPLATE_CHANGED, None, "reset"),
        (EventType.NOTICE_TEMPLATE_CHANGED, None, "changed"),
    ]


async def test_a_text_is_written_by_admins_who_saw_the_one_before(world: World) -> None:
    agency = organization(world.store)
    admin, texts = await agency.admin(), agency.templates
    with pytest.raises(PreconditionFailed):
        await texts.put(admin, CONFIRMED, None, HELLO, expected=1)
    await texts.put(admin, CONFIRMED, None, HELLO, expected=0)
    with pytest.raises(PreconditionFailed):
        await texts.put(admin, CONFIRMED, None, OwnText(body="Another."), expected=0)
    assert (await texts.get(admin, CONFIRMED, None, None)).text == HELLO
    for refused in (
        texts.put(await agency.agent(), CONFIRMED, None, HELLO, expected=None),
        texts.reset(await agency.agent(), CONFIRMED, None, None),
        texts.get(await agency.applicant(), CONFIRMED, None, None),
        texts.preview(await agency.applicant(), CONFIRMED, None, None),
    ):
        with pytest.raises(WrongRole):
            await refused


async def test_a_preview_has_the_agencys_words_for_somebody_who_does_not_exist(world: World) -> None:
    agency = organization(world.store)
    admin, texts = await agency.admin(), agency.templates
    await texts.put(admin, CONFIRMED, None, HELLO, expected=None)
    of, english = await texts.preview(await agency.agent(), CONFIRMED, None, "en-GB")
    assert of == key(agency)
    assert english.subject == "See you on Monday, 29 March 2027"
    assert "\nRing at the blue door, Ana Ribeiro.\n\nYour agent is Marta Nunes.\n" in english.text
    await texts.put(admin, CONFIRMED, None, OLA, expected=None)
    _, portuguese = await texts.preview(admin, CONFIRMED, Recipient.APPLICANT, "pt-PT")
    assert portuguese.subject.startswith("Visita confirmada: ")
    assert "Toque à porta azul." in portuguese.html
    _, to_agent = await texts.preview(admin, CONFIRMED, Recipient.AGENT, None)
    assert "Ring" not in to_agent.text


async def test_nobody_else_is_told_of_a_kind_than_its_recipients(world: World) -> None:
    agency = organization(world.store)
    admin, texts = await agency.admin(), agency.templates
    with pytest.raises(InvalidRequest) as refused:
        await texts.put(admin, NoticeKind.OFFER_MADE, Recipient.AGENT, HELLO, expected=None)
    assert [(one.pointer, one.code, one.parameter) for one in refused.value.faults] == [
        ("#/recipient", "not_one_of", "recipient")
    ]
    day = await texts.get(admin, NoticeKind.AGENT_DAY, None, None)
    assert day.key.recipient is Recipient.AGENT
