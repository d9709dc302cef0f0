"""Webhook endpoints: admins set them, and nothing of what they are to hear is lost; in memory and in PostgreSQL."""

import asyncio
from dataclasses import replace as changed
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.adapters.ciphers import Ciphers
from booking.domain.delivery.refusals import TooManyWebhookEndpoints, WebhookEndpointNotFound
from booking.domain.delivery.webhook_endpoint import MOST, EndpointSettings, EndpointStatus
from booking.domain.events import EventType
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import InvalidRequest, PreconditionFailed, SecretsNotConfigured
from booking.domain.values import replace
from booking.service.delivery.webhooks import ShownEndpoint, SigningSecrets
from tests.builders import Organization, organization
from tests.support.stores import CIPHERS
from tests.support.worlds import World

URL = "https://hooks.example.com/bookings?of=us"
ALL = EndpointSettings(url=URL)


async def made(agency: Organization, admin: Caller, settings: EndpointSettings = ALL) -> ShownEndpoint:
    return await agency.webhooks.create(admin, settings)


def signing(world: World) -> SigningSecrets:
    return SigningSecrets(world.store.endpoints, CIPHERS.endpoints)


async def test_an_endpoint_begins_at_the_head_and_is_shown_its_secret_once(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    await agency.slot(await agency.agent())
    await world.store.outbox.place(100)
    settings = EndpointSettings(url=URL, types=("slot.created", "booking.confirmed"), description="the CRM")
    endpoint, secret = await made(agency, admin, settings)
    assert secret is not None
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 44
    assert (endpoint.settings, endpoint.status, endpoint.version) == (settings, EndpointStatus.ENABLED, 1)
    assert (endpoint.failing_since, endpoint.disabled_at) == (None, None)
    assert endpoint.position == endpoint.head > 0
    assert endpoint.created_at == endpoint.updated_at
    assert await agency.webhooks.get(admin, endpoint.id) == ShownEndpoint(endpoint)
    second = await made(agency, await agency.admin())
    assert second.secret != secret
    assert await agency.webhooks.list(admin) == [ShownEndpoint(endpoint), ShownEndpoint(second.endpoint)]
    assert await signing(world).of(*endpoint.key) == [secret]


async def test_only_admins_see_and_set_endpoints_and_only_their_own(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    endpoint = (await made(agency, await agency.admin())).endpoint
    for caller in (await agency.agent(), await agency.applicant()):
        for act in (
            made(agency, caller),
            agency.webhooks.list(caller),
            agency.webhooks.get(caller, endpoint.id),
            agency.webhooks.change(caller, endpoint.id, {}, None, expected=1),
            agency.webhooks.rotate(caller, endpoint.id),
            agency.webhooks.remove(caller, endpoint.id),
        ):
            with pytest.raises(WrongRole):
                await act
    stranger = await other.admin()
    assert await other.webhooks.list(stranger) == []
    for act in (
        other.webhooks.get(stranger, endpoint.id),
        other.webhooks.change(stranger, endpoint.id, {}, None, expected=1),
        other.webhooks.rotate(stranger, endpoint.id),
        other.webhooks.remove(stranger, endpoint.id),
    ):
        with pytest.raises(WebhookEndpointNotFound):
            await act
    assert await signing(world).of(other.organization_id, endpoint.id) == []
    assert [one.endpoint for one in await agency.webhooks.list(await agency.admin())] == [endpoint]


async def test_a_url_that_no_receiver_may_have_is_refused_when_made_and_when_changed(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    endpoint = (await made(agency, admin)).endpoint
    told = set()
    for url in (
        "",
        "http://hooks.example.com/",
        "https://10.0.0.1/",
        "https://localhost/",
        f"https://a.example/{'x' * 9000}",
    ):
        for act in (
            made(agency, admin, EndpointSettings(url=url)),
            agency.webhooks.change(admin, endpoint.id, {"url": url}, None, expected=1),
        ):
            with pytest.raises(InvalidRequest) as refused:
                await act
            told |= set(refused.value.faults)
    (fault,) = told
    assert (fault.pointer, fault.code) == ("#/url", "wrong_format")
    own = changed(agency.webhooks, loopback=True)
    assert (await own.create(admin, EndpointSettings(url="http://127.0.0.1:9000/"))).endpoint.version == 1


async def test_without_a_key_no_secret_is_made(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    endpoint = (await made(agency, admin)).endpoint
    without = changed(agency.webhooks, cipher=Ciphers().endpoints)
    for act in (without.create(admin, ALL), without.rotate(admin, endpoint.id)):
        with pytest.raises(SecretsNotConfigured):
            await act
    assert len(await without.list(admin)) == 1


async def test_of_admins_at_once_none_makes_one_endpoint_too_many(world: World) -> None:
    agency = organization(world.store)
    admins = [await agency.admin() for _ in range(4)]
    for _ in range(MOST - 2):
        await made(agency, admins[0])
    outcomes = await asyncio.gather(*(made(agency, admin) for admin in admins), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["ShownEndpoint"] * 2 + ["TooManyWebhookEndpoints"] * 2
    listed = await agency.webhooks.list(admins[0])
    assert len(listed) == MOST
    await agency.webhooks.remove(admins[1], listed[3].endpoint.id)
    await made(agency, admins[2])
    with pytest.raises(TooManyWebhookEndpoints):
        await made(agency, admins[3])
    other = organization(world.store)
    await made(other, await other.admin())


async def test_a_change_names_the_version_that_was_seen(world: World) -> None:
    agency = organization(world.store)
    admins = [await agency.admin() for _ in range(3)]
    endpoint = (await made(agency, admins[0], EndpointSettings(url=URL, types=("slot.created",)))).endpoint
    changes = [
        agency.webhooks.change(admin, endpoint.id, {"description": f"of {turn}"}, None, expected=1)
        for turn, admin in enumerate(admins)
    ]
    outcomes = await asyncio.gather(*changes, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["PreconditionFailed"] * 2 + ["ShownEndpoint"]
    all_heard = {"types": None, "url": "https://other.example.com/"}
    now = (await agency.webhooks.change(admins[0], endpoint.id, all_heard, None, expected=2)).endpoint
    description = now.settings.description
    assert now == replace(
        endpoint,
        version=3,
        updated_at=now.updated_at,
        settings=EndpointSettings(url="https://other.example.com/", types=None, description=description),
    )
    assert description in {"of 0", "of 1", "of 2"}
    with pytest.raises(PreconditionFailed):
        await agency.webhooks.change(admins[0], endpoint.id, {}, None, expected=2)


async def test_a_disabled_endpoint_stays_where_it_is_and_goes_on_from_there(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    endpoint = (await made(agency, admin)).endpoint
    off = (await agency.webhooks.change(admin, endpoint.id, {}, EndpointStatus.DISABLED, expected=1)).endpoint
    assert off.status is EndpointStatus.DISABLED
    assert off.disabled_at is not None
    again = (await agency.webhooks.change(admin, endpoint.id, {}, EndpointStatus.DISABLED, expected=2)).endpoint
    assert again.disabled_at == off.disabled_at
    await agency.slot(await agency.agent())
    await world.store.outbox.place(100)
    on = (await agency.webhooks.change(admin, endpoint.id, {}, EndpointStatus.ENABLED, expected=3)).endpoint
    assert (on.status, on.disabled_at, on.position) == (EndpointStatus.ENABLED, None, endpoint.position)
    assert on.head > on.position
    assert [one for one in await world.events() if one[0].startswith("webhook")] == [
        (EventType.WEBHOOK_ENDPOINT_CREATED, None, "enabled"),
        (EventType.WEBHOOK_ENDPOINT_CHANGED, "enabled", "disabled"),
        (EventType.WEBHOOK_ENDPOINT_CHANGED, "disabled", "disabled"),
        (EventType.WEBHOOK_ENDPOINT_CHANGED, "disabled", "enabled"),
    ]


async def test_a_rotated_secret_and_the_one_before_sign_for_a_day_and_older_ones_no_more(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    endpoint, first = await made(agency, admin)
    rotated, second = await agency.webhooks.rotate(admin, endpoint.id)
    assert rotated == replace(endpoint, version=2, updated_at=rotated.updated_at)
    assert await signing(world).of(*endpoint.key) == [second, first]
    _, third = await agency.webhooks.rotate(admin, endpoint.id)
    assert await signing(world).of(*endpoint.key) == [third, second]
    await world.jump(timedelta(hours=23, minutes=59))
    assert await signing(world).of(*endpoint.key) == [third, second]
    await world.jump(timedelta(hours=24, minutes=1))
    assert await signing(world).of(*endpoint.key) == [third]
    assert [one for one in await world.events() if "secret" in one[0]] == [
        (EventType.WEBHOOK_ENDPOINT_SECRET_ROTATED, None, "rotated")
    ] * 2


async def test_a_removed_endpoint_is_gone_and_signs_nothing(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    endpoint = (await made(agency, admin)).endpoint
    await agency.webhooks.remove(admin, endpoint.id)
    assert await agency.webhooks.list(admin) == []
    assert await signing(world).of(*endpoint.key) == []
    for act in (agency.webhooks.remove(admin, endpoint.id), agency.webhooks.get(admin, uuid4())):
        with pytest.raises(WebhookEndpointNotFound):
            await act
    assert (await world.events())[-1] == (EventType.WEBHOOK_ENDPOINT_DELETED, "enabled", "deleted")


async def test_events_about_an_endpoint_name_it_and_are_heard_by_admins_alone(world: World) -> None:
    agency = organization(world.store)
    admin, agent = await agency.admin(), await agency.agent()
    endpoint = (await made(agency, admin)).endpoint
    await world.store.outbox.place(100)
    heard = [one.recorded.event for one in (await agency.feed.read(admin, None, types=(), limit=100)).messages]  # type: ignore[union-attr]
    assert [(one.endpoint_id, one.line) for one in heard if one.type.startswith("webhook")] == [
        (endpoint.id, endpoint.id)
    ]
    page = await agency.feed.read(agent, None, types=(), limit=100)
    assert not [one for one in page.messages if one.recorded.event.type.startswith("webhook")]  # type: ignore[union-attr]
