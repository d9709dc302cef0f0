"""Facts of a notice, as they stand when it is handed over, and the message that tells them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.link import LinkPurpose
from booking.domain.notices.notice import NoticeKind, Originator, Recipient
from booking.domain.notices.template import OwnText
from booking.domain.people.names import UTC
from booking.domain.people.organization import Organization
from booking.domain.values import Value, field


class VisitFacts(Value, kw_only=True):
    """A visit, an offered place or a withdrawn slot. Where the recipient may not see something, it is None.

    `time_zone` is the property's, or else the organization's; `moved_from` the start of the visit before a move.
    """

    label: str | None = None
    area: str | None = None
    address: str | None = None
    directions: str | None = None
    meeting_point: str | None = None
    agent_name: str | None = None
    agent_phone: str | None = None
    applicant_name: str | None = None
    party_size: int | None = None
    start_time: datetime
    end_time: datetime
    time_zone: str
    moved_from: datetime | None = None


class AgencyFacts(Value, kw_only=True):
    """The agency that a message comes from. `colour`: `#rrggbb`."""

    name: str | None = None
    locale: str | None = None
    time_zone: str
    colour: str | None = None
    logo_url: str | None = None
    reply_to: str | None = None
    phone: str | None = None
    website: str | None = None

    @classmethod
    def of(cls, organization: Organization) -> "AgencyFacts":
        """Return the facts of an organization: answers go to its own address for them, or else to its address."""
        return cls(
            name=organization.name,
            locale=organization.locale,
            time_zone=organization.time_zone or UTC,
            colour=organization.colour,
            logo_url=organization.logo_url,
            reply_to=organization.reply_to or organization.email,
            phone=organization.phone,
            website=organization.website,
        )


class Facts(Value, kw_only=True):
    """All that a message may say. `at`: the time of handing over, by which a day is called today or tomorrow.

    `visit`: of all kinds about one; `visits`: of an agent's `day`, or withdrawn slots of one property; `deadline`: of a
    request, of an offer, of an answer or of taking back, or until a failing endpoint is disabled; `asks`: whether they
    are coming; `reason`: a person's own words; `entry`: of the visit in the recipient's calendar; `texts`: the agency's
    own, of each language; `links`: the recipient's, to act by.
    """

    kind: NoticeKind
    recipient: Recipient
    at: datetime
    locale: str | None = None
    to_name: str | None = None
    agency: AgencyFacts
    visit: VisitFacts | None = None
    visits: Sequence[VisitFacts] = ()
    by: Originator | None = None
    reason: str | None = None
    deadline: datetime | None = None
    asks: bool = False
    day: date | None = None
    endpoint_url: str | None = None
    failing_since: datetime | None = None
    texts: Sequence[OwnText] = ()
    unsubscribe_url: str | None = None
    entry: CalendarEntry | None = None
    links: Mapping[LinkPurpose, str] = field(default_factory=dict)

    @property
    def left(self) -> bool:
        """Whether it tells an agent that the visit is a colleague's now."""
        return self.entry is not None and self.entry.left

    @property
    def owner(self) -> "EntryOwner":
        """Return the owner of the calendar that an invitation goes to."""
        return EntryOwner(recipient=self.recipient, locale=self.locale, name=self.to_name, agency=self.agency)


class EntryOwner(Value, kw_only=True):
    """Person whose calendar it is."""

    recipient: Recipient
    locale: str | None = None
    name: str | None = None
    agency: AgencyFacts


class EntryText(Value, kw_only=True):
    """Texts of a visit in a calendar, in the language of its owner."""

    summary: str
    description: str


class Message(Value, kw_only=True):
    """A message in the words of its recipient's language."""

    subject: str
    text: str
    html: str
