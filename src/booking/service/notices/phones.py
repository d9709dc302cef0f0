"""Phones of applicants: proved by a code, before anything else is sent to them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.authority import ApplicantRight
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.refusals import PhoneChannelNotConfigured, PhoneRefused, PhoneStopped
from booking.domain.notices.short_message import ShortMessage
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel, Contact
from booking.domain.people.phone_code import LIFE
from booking.domain.people.refusals import PhoneCodeInvalid
from booking.domain.refusals import Unavailable
from booking.domain.values import Value, replace
from booking.service.notices.provider import Provider
from booking.service.notices.words import PhoneWords
from booking.service.ports import Lease, NewId

PATIENCE = 8.0  # seconds for a provider


class NewCode(Value, kw_only=True):
    """Code to be sent by a channel. `cap`: paid messages of an organization a day, 0 for any number."""

    id: UUID
    code: str
    channel: Channel
    cap: int


class Recipient(NamedTuple):
    """Phone to which a code goes, and languages in which it may be told, the best first."""

    phone: str
    locales: Sequence[str | None]


class SentCode(NamedTuple):
    channel: Channel
    phone: str
    expires_in: timedelta


class Phones(Protocol):
    async def issue(self, code: NewCode, rights: Sequence[ApplicantRight]) -> Recipient:
        """Save a code for the phone of the newest contact, by each right that stands; refused if none does.

        PhoneMissing, PhoneStopped, TooManyPhoneCodes, TooManyPaidMessages; IdempotencyInProgress where the key of the
        request was used before.
        """

    async def prove(self, code: str, rights: Sequence[ApplicantRight]) -> Contact | None:
        """Save that the phone is proved, by each right that stands; None where the newest code does not fit."""

    async def forget(self, lease: Lease) -> int:
        """Delete some codes, and counts of paid messages, that are more than a day old; return their number."""


@dataclass(frozen=True, slots=True)
class PhoneService:
    """`providers`: of the channels that go to phones; `new_code` makes a random code."""

    phones: Phones
    providers: Mapping[Channel, Provider[ShortMessage]]
    words: Callable[[], PhoneWords]
    new_id: NewId
    new_code: Callable[[], str]
    cap: int = 0

    async def send_code(self, caller: Caller, channel: Channel | None) -> SentCode:
        """Send a code to the caller's phone, by this channel, or else the first that there is."""
        chosen = channel or next(iter(self.providers), Channel.SMS)
        if chosen not in self.providers:
            raise PhoneChannelNotConfigured
        new = NewCode(id=self.new_id(), code=self.new_code(), channel=chosen, cap=self.cap)
        first, *others = _rights(caller)
        to = await self.phones.issue(new, [replace(first, asked=caller.asked), *others])
        words = await asyncio.to_thread(self.words().code, new.code, to.locales)
        await self._hand_over(chosen, ShortMessage(to=to.phone, words=words, kind="phone_code"))
        return SentCode(chosen, to.phone, LIFE)

    async def _hand_over(self, channel: Channel, message: ShortMessage) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.providers[channel].send(message)
        except HandoverRefused as error:
            raise PhoneStopped if error.fault is HandoverFault.OPTED_OUT else PhoneRefused from None
        except (HandoverFailed, HandoverUnknown, TimeoutError):
            raise Unavailable("the message cannot be sent right now, or it is not known whether it was") from None

    async def prove(self, caller: Caller, code: str) -> Contact:
        """Prove the caller's phone, for all organizations; PhoneCodeInvalid."""
        first, *others = _rights(caller)
        proved = await self.phones.prove(code, [caller.keeping(first, lambda kept: kept), *others])
        if proved is None:
            raise PhoneCodeInvalid
        return proved


def _rights(caller: Caller) -> Sequence[ApplicantRight]:
    return [caller.acting_as_applicant(one.organization_id) for one in caller.as_applicants()]
