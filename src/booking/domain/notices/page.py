"""Pages that people open from a message, with less on them than in the message."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.notices.facts import AgencyFacts, VisitFacts
from booking.domain.notices.unsubscription import NoticeGroup
from booking.domain.values import Value


class PageName(StrEnum):
    CONFIRM = "confirm"
    CANCEL = "cancel"
    MOVE = "move"
    ACCEPT_OFFER = "accept_offer"
    DECLINE_OFFER = "decline_offer"
    UNSUBSCRIBE = "unsubscribe"
    GONE = "gone"
    """Of a link that is none, or not any more: the same for all."""
    BUSY = "busy"
    FAILED = "failed"


class Choice(Value, kw_only=True):
    """Time that can be chosen on a page."""

    id: UUID
    start_time: datetime
    end_time: datetime


class PageFacts(Value, kw_only=True):
    """All that a page may say. Messages are forwarded: of a visit, a page has label, area and time alone.

    `languages`: wanted ones, the first one first; `done`: it tells what was done; `changed`: the visit is not
    as it was then; `refused`: the code of a refusal; `pending`: the visit waits for the agency's answer; `released`: it
    was given on; `group`: the
    messages to unsubscribe from.
    """

    name: PageName
    languages: Sequence[str] = ()
    at: datetime | None = None
    agency: AgencyFacts | None = None
    visit: VisitFacts | None = None
    deadline: datetime | None = None
    choices: Sequence[Choice] = ()
    done: bool = False
    changed: bool = False
    refused: str | None = None
    pending: bool = False
    released: bool = False
    group: NoticeGroup | None = None


class Page(Value, kw_only=True):
    """HTML in one language, with the style that stands in it."""

    html: str
    language: str
    style: str
