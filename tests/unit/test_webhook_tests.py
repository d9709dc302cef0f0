"""Tests of webhook endpoints wait for each other at one endpoint, and not at another."""

import asyncio
from uuid import UUID, uuid4

from booking.adapters.notifiers.webhook_tests import WebhookTests
from booking.domain.delivery.delivery import Outcome, Subscription


def endpoint() -> Subscription:
    return Subscription(organization_id=uuid4(), id=uuid4(), kind="webhook", target="https://hooks.example.com/")


async def test_to_an_endpoint_one_test_is_under_way_at_a_time() -> None:
    under_way: list[UUID] = []
    ended = asyncio.Event()

    class Hanging:
        async def send(self, to: Subscription, _: UUID, __: bytes, /) -> Outcome:
            under_way.append(to.id)
            await ended.wait()
            return Outcome(status=200, ms=1)

    tests, first, second = WebhookTests(Hanging()), endpoint(), endpoint()
    sent = [asyncio.create_task(tests.send(to, uuid4(), b"{}")) for to in (first, first, second)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert under_way == [first.id, second.id]
    ended.set()
    assert await asyncio.gather(*sent) == [Outcome(status=200, ms=1)] * 3
    assert under_way == [first.id, second.id, first.id]
