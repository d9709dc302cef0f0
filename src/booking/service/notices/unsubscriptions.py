"""Unsubscribing from messages that a visit does not need, by the link in each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from booking.domain.notices.attempt import Attempt
from booking.domain.notices.facts import AgencyFacts
from booking.domain.notices.refusals import LinkNotFound
from booking.domain.notices.unsubscription import NoticeGroup, Unsubscription
from booking.domain.values import Value, replace


class Subscriber(Value, kw_only=True):
    """Language and agency of a person, and whether they are `unsubscribed`."""

    locale: str | None
    agency: AgencyFacts
    unsubscribed: bool


class SubscriptionView(Value, kw_only=True):
    """Subscription of the person of a link."""

    group: NoticeGroup
    subscriber: Subscriber


class Unsubscriptions(Protocol):
    async def subscriber(self, of: Unsubscription) -> Subscriber | None:
        """Return the person, None of one who is not there, or erased."""

    async def add(self, one: Unsubscription) -> None:
        """Send no more of these, unless the person is not there, or erased."""

    async def remove(self, one: Unsubscription) -> None:
        """Send these again."""


class UnsubscriptionTokens(Protocol):
    """Tokens that name a person and a group of messages. They are sealed: nobody else makes or reads one."""

    async def of(self, one: Unsubscription) -> str: ...

    async def read(self, token: str) -> Unsubscription | None:
        """Return the content of a token of ours, None of any other text."""


@dataclass(frozen=True, slots=True)
class UnsubscriptionService:
    """`base`: the address under which people reach this service; None: messages have no link to unsubscribe."""

    unsubscriptions: Unsubscriptions
    tokens: UnsubscriptionTokens
    base: str | None

    async def given(self, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
        """Return the attempts, with a link in each of which the recipient can unsubscribe."""
        return [await self._given(one) for one in attempts]

    async def show(self, token: str) -> SubscriptionView:
        """Return the subscription of a link; LinkNotFound."""
        return await self._view(await self._named(token))

    async def unsubscribe(self, token: str) -> SubscriptionView:
        """Send no more of these messages. Once more makes no difference."""
        one = await self._named(token)
        await self.unsubscriptions.add(one)
        return await self._view(one)

    async def subscribe(self, token: str) -> SubscriptionView:
        """Send these messages again."""
        one = await self._named(token)
        await self.unsubscriptions.remove(one)
        return await self._view(one)

    async def _given(self, attempt: Attempt) -> Attempt:
        if self.base is None or attempt.unsubscription is None:
            return attempt
        url = f"{self.base}/u/{await self.tokens.of(attempt.unsubscription)}"
        return replace(attempt, facts=replace(attempt.facts, unsubscribe_url=url))

    async def _named(self, token: str) -> Unsubscription:
        one = await self.tokens.read(token)
        if one is None:
            raise LinkNotFound
        return one

    async def _view(self, one: Unsubscription) -> SubscriptionView:
        subscriber = await self.unsubscriptions.subscriber(one)
        if subscriber is None:
            raise LinkNotFound
        return SubscriptionView(group=one.group, subscriber=subscriber)
