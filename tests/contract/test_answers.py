"""Answers that are given once: the same request with the same key happens once and is told the same."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from booking.domain.idempotency import KEPT, Answer, Asked
from booking.domain.people.caller import Caller
from booking.domain.refusals import IdempotencyInProgress, IdempotencyKeyReused, IdempotencyLimit, Refusal
from booking.domain.values import replace
from tests.builders import Organization, organization
from tests.support.worlds import World

pytestmark = pytest.mark.anyio


def asked(caller: Caller, key: str = "1", *, route: str = "POST /bookings", body: bytes = b"{}") -> Asked:
    return asked_in(sorted(caller.organizations), caller.subject, key, route=route, body=body)


def asked_in(
    organizations: Sequence[UUID], subject: str, key: str = "1", *, route: str = "POST /bookings", body: bytes = b"{}"
) -> Asked:
    """`body` is `bytes/value`, or both."""
    written, value = body.partition(b"/")[::2]
    return Asked(
        organizations=organizations,
        subject=subject,
        route=route,
        key=key,
        fingerprint=written.ljust(32, b"."),
        value_fingerprint=(value or written).ljust(32, b"."),
    )


def told(status: int, body: bytes = b"told") -> Answer:
    return Answer(status=status, headers=(("content-type", "text/plain"),), body=body)


def booking(agency: Organization, caller: Caller, slot_id: UUID) -> Callable[[], Awaitable[Answer]]:
    """As the entrypoint does it: a refusal is an answer as well."""

    async def answer() -> Answer:
        try:
            booked = await agency.book(caller, slot_id)
        except Refusal as refusal:
            return told(409, refusal.code.encode())
        return told(201, str(booked.id).encode())

    return answer


async def test_the_same_request_is_undertaken_once_and_told_the_same(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    slot = await agency.slot(await agency.agent())
    first = await world.store.answers.once(asked(applicant), booking(agency, applicant, slot.id))
    before = await world.events()
    again = await world.store.answers.once(asked(applicant), booking(agency, applicant, slot.id))
    assert (first.status, first.replayed, again) == (201, False, first.again())
    assert await world.events() == before
    fresh = await world.store.answers.once(asked(applicant, "2"), booking(agency, applicant, slot.id))
    assert (fresh.status, fresh.body, fresh.replayed) == (409, b"slot_taken", False)


async def test_a_refusal_of_the_business_is_told_again_though_it_would_be_none_by_now(world: World) -> None:
    agency = organization(world.store)
    winner, rival = await agency.applicant(), await agency.applicant()
    slot = await agency.slot(await agency.agent())
    taken = await agency.book(winner, slot.id)
    refused = await world.store.answers.once(asked(rival), booking(agency, rival, slot.id))
    await agency.bookings.cancel(winner, taken.id)
    again = await world.store.answers.once(asked(rival), booking(agency, rival, slot.id))
    assert (refused.body, again) == (b"slot_taken", refused.again())


async def test_a_key_with_another_request_is_refused_and_changes_nothing(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    slot = await agency.slot(await agency.agent())
    await world.store.answers.once(asked(applicant, body=b"one"), booking(agency, applicant, slot.id))
    before = await world.events()
    with pytest.raises(IdempotencyKeyReused):
        await world.store.answers.once(asked(applicant, body=b"two"), booking(agency, applicant, slot.id))
    assert await world.events() == before


@pytest.mark.parametrize("again", [b"one/other", b"other/one"])
async def test_a_retry_is_known_by_its_bytes_or_by_its_value(world: World, again: bytes) -> None:
    """Old and new instances side by side: the old know the bytes only."""
    home = uuid4()
    await world.store.answers.once(asked_in([home], "ada", body=b"one/one"), answer_of(201))
    retried = await world.store.answers.once(asked_in([home], "ada", body=again), answer_of(500))
    assert retried == told(201).again()
    with pytest.raises(IdempotencyKeyReused):
        await world.store.answers.once(asked_in([home], "ada", body=b"other/other"), answer_of(500))


@pytest.mark.parametrize("change", ["subject", "route", "key", "organization"])
async def test_a_key_is_its_person_s_for_one_route(world: World, change: str) -> None:
    """Nobody is told what another was told."""
    home = uuid4()
    first = asked_in([home], "ada")
    other = {
        "subject": asked_in([home], "bob"),
        "route": asked_in([home], "ada", route="POST /slots"),
        "key": asked_in([home], "ada", "2"),
        "organization": asked_in([uuid4()], "ada"),
    }[change]

    async def answer() -> Answer:
        return told(201, b"another")

    await world.store.answers.once(first, answer_of(201))
    assert await world.store.answers.once(other, answer) == told(201, b"another")


async def test_whoever_is_let_in_elsewhere_meanwhile_is_told_the_same(world: World) -> None:
    home, later = uuid4(), UUID(int=0)
    await world.store.answers.once(asked_in([home], "ada"), answer_of(201))
    again = await world.store.answers.once(asked_in([later, home], "ada"), answer_of(500))
    assert again == told(201).again()


async def test_while_the_first_is_being_answered_another_is_told_so(world: World) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    one = asked_in([uuid4()], "ada")

    async def slow() -> Answer:
        entered.set()
        await leave.wait()
        return told(201)

    first = asyncio.create_task(world.store.answers.once(one, slow))
    await entered.wait()
    with pytest.raises(IdempotencyInProgress):
        await world.store.answers.once(one, answer_of(500))
    leave.set()
    assert await first == told(201)
    assert await world.store.answers.once(one, answer_of(500)) == told(201).again()


@pytest.mark.parametrize("status", [400, 401, 413, 429, 500, 503])
async def test_what_was_never_undertaken_is_not_kept(world: World, status: int) -> None:
    one = asked_in([uuid4()], "ada")
    assert await world.store.answers.once(one, answer_of(status)) == told(status)
    assert await world.store.answers.once(one, answer_of(201)) == told(201)


async def test_an_answer_is_kept_for_a_day_and_then_forgotten(world: World) -> None:
    one = asked_in([uuid4()], "ada")
    await world.store.answers.once(one, answer_of(201))
    await world.jump(KEPT - timedelta(minutes=1))
    assert await world.store.answers.once(one, answer_of(500)) == told(201).again()
    lease = await world.store.leases.take("forgetting answers", KEPT, None)
    assert lease is not None
    assert await world.store.answers.forget(lease) == 0
    await world.jump(KEPT)
    assert await world.store.answers.once(one, answer_of(409)) == told(409)
    assert await world.store.answers.forget(lease) == 0
    await world.jump(2 * KEPT)
    assert await world.store.answers.forget(lease) == 1
    assert await world.store.answers.forget(lease) == 0


async def test_where_no_more_may_be_kept_nothing_is_done_and_nothing_is_dropped(world: World) -> None:
    home, before = uuid4(), await world.store.now()

    def one(key: str, subject: str = "ada") -> Asked:
        return replace(asked_in([home], subject, key), most=3)

    async def never() -> Answer:
        raise AssertionError

    for number in range(3):
        await world.store.answers.once(one(str(number)), answer_of(201))
        await world.jump(timedelta(hours=number))
    for _ in range(2):
        with pytest.raises(IdempotencyLimit) as refused:
            await world.store.answers.once(one("3"), never)
    assert refused.value.allowance[:3] == ("answers", 3, 0)
    assert refused.value.allowance.window == 24 * 3600
    left = before + KEPT - await world.store.now()
    assert abs(refused.value.allowance.reset - left.total_seconds()) < 60
    for number in range(3):
        assert await world.store.answers.once(one(str(number)), never) == told(201).again()
    assert await world.store.answers.once(one("3", "bob"), answer_of(201)) == told(201)
    await world.jump(KEPT + timedelta(minutes=1))
    assert await world.store.answers.once(one("3"), answer_of(201)) == told(201)


async def test_room_is_counted_anew_before_it_could_be_used_up(world: World) -> None:
    home = uuid4()
    for number in range(25):
        await world.store.answers.once(replace(asked_in([home], "ada", str(number)), most=25), answer_of(201))
    with pytest.raises(IdempotencyLimit):
        await world.store.answers.once(replace(asked_in([home], "ada", "25"), most=25), answer_of(201))


async def test_of_twenty_at_once_one_is_undertaken(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    slot = await agency.slot(await agency.agent())
    undertaken = 0

    async def answer() -> Answer:
        nonlocal undertaken
        undertaken += 1
        return await booking(agency, applicant, slot.id)()

    async def ask() -> Answer | str:
        try:
            return await world.store.answers.once(asked(applicant), answer)
        except IdempotencyInProgress as refusal:
            return refusal.code

    outcomes = await asyncio.gather(*(ask() for _ in range(20)))
    fresh = [one for one in outcomes if isinstance(one, Answer) and not one.replayed]
    others = {one for one in outcomes if not isinstance(one, Answer) or one.replayed}
    assert (undertaken, len(fresh), fresh[0].status) == (1, 1, 201)
    assert others <= {"idempotency_in_progress", fresh[0].again()}


def answer_of(status: int) -> Callable[[], Awaitable[Answer]]:
    async def answer() -> Answer:
        return told(status)

    return answer
