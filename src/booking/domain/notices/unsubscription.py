"""Unsubscription: a person's word that they do not want messages which a visit does not need."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.people.contact import Channel


class NoticeGroup(StrEnum):
    """Groups of kinds that a person subscribes to, or not, together."""

    REMINDERS = "reminders"
    FREE_PLACES = "free_places"
    DAYS = "days"


GROUPS: Mapping[NoticeKind, NoticeGroup] = {
    NoticeKind.REMINDER: NoticeGroup.REMINDERS,
    NoticeKind.PLACE_FREED: NoticeGroup.FREE_PLACES,
    NoticeKind.AGENT_DAY: NoticeGroup.DAYS,
}
"""Groups of the kinds that are not needed for a visit. All others tell of a change: nobody unsubscribes from these."""


class Unsubscription(NamedTuple):
    """Group of messages, by a channel, that a person in an organization does not want."""

    organization_id: UUID
    recipient: Recipient
    recipient_id: UUID
    channel: Channel
    group: NoticeGroup
