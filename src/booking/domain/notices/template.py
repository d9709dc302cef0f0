"""Notice template: an agency's own text for a kind of notice, with placeholders from a closed list."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from booking.domain.fault import Fault, FaultCode
from booking.domain.notices.notice import RECIPIENTS, NoticeKind, Recipient
from booking.domain.refusals import InvalidRequest
from booking.domain.values import Value

LARGEST_BODY = 4096  # bytes of UTF-8
_IN_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


class Language(StrEnum):
    """Languages that messages are written in."""

    EN = "en"
    ES = "es"
    PT = "pt"


class Placeholder(StrEnum):
    """Names that stand in braces for facts of a notice."""

    NAME = "name"
    AGENCY = "agency"
    PLACE = "place"
    AREA = "area"
    ADDRESS = "address"
    DIRECTIONS = "directions"
    MEETING_POINT = "meeting_point"
    DATE = "date"
    TIME = "time"
    END_TIME = "end_time"
    ZONE = "zone"
    AGENT_NAME = "agent_name"
    AGENT_PHONE = "agent_phone"
    APPLICANT_NAME = "applicant_name"
    GIVEN_TO = "given_to"
    """The colleague who has a visit now, to the agent whom it has left alone."""
    BEFORE = "before"
    REASON = "reason"
    DEADLINE = "deadline"
    COUNT = "count"
    ENDPOINT = "endpoint"
    SINCE = "since"


_OF_NO_VISIT = (NoticeKind.CALENDAR_UNREADABLE, NoticeKind.WEBHOOK_FAILING, NoticeKind.WEBHOOK_DISABLED)
_OF_SEVERAL_PROPERTIES = (NoticeKind.SLOTS_SKIPPED, NoticeKind.CALENDAR_CONFLICT)
_OF_ALL = (Placeholder.NAME, Placeholder.AGENCY)
_OF_VISITS = (
    *(Placeholder.PLACE, Placeholder.AREA, Placeholder.ADDRESS, Placeholder.DIRECTIONS, Placeholder.MEETING_POINT),
    *(Placeholder.DATE, Placeholder.TIME, Placeholder.END_TIME, Placeholder.ZONE),
    *(Placeholder.AGENT_NAME, Placeholder.AGENT_PHONE),
)
_FURTHER: Mapping[NoticeKind, Sequence[Placeholder]] = {
    NoticeKind.REQUESTED: (Placeholder.DEADLINE,),
    NoticeKind.DECLINED: (Placeholder.REASON,),
    NoticeKind.MOVED: (Placeholder.BEFORE, Placeholder.DEADLINE),
    NoticeKind.CANCELLED: (Placeholder.REASON,),
    NoticeKind.OFFER_MADE: (Placeholder.DEADLINE,),
    NoticeKind.OFFER_ENDING: (Placeholder.DEADLINE,),
    NoticeKind.REMINDER: (Placeholder.DEADLINE,),
    NoticeKind.RELEASED: (Placeholder.DEADLINE,),
    NoticeKind.CALENDAR_UNREADABLE: (Placeholder.SINCE,),
    NoticeKind.WEBHOOK_FAILING: (Placeholder.ENDPOINT, Placeholder.SINCE, Placeholder.DEADLINE),
    NoticeKind.WEBHOOK_DISABLED: (Placeholder.ENDPOINT, Placeholder.SINCE),
}


def placeholders(kind: NoticeKind, recipient: Recipient) -> Sequence[Placeholder]:
    """Return the placeholders of texts of a kind. Some kinds list visits, or slots."""
    if kind in _OF_NO_VISIT:
        return (*_OF_ALL, *_FURTHER[kind])
    if kind is NoticeKind.AGENT_DAY:
        return (*_OF_ALL, Placeholder.DATE, Placeholder.COUNT)
    if kind in _OF_SEVERAL_PROPERTIES:
        return (*_OF_ALL, Placeholder.COUNT)
    if kind is NoticeKind.SLOTS_WITHDRAWN:
        return (*_OF_ALL, Placeholder.PLACE, Placeholder.AREA, Placeholder.COUNT)
    visitor = (Placeholder.APPLICANT_NAME,) if recipient is Recipient.AGENT else ()
    given = (Placeholder.GIVEN_TO,) if visitor and kind is NoticeKind.MOVED else ()
    return (*_OF_ALL, *_OF_VISITS, *visitor, *given, *_FURTHER.get(kind, ()))


class TemplateKey(NamedTuple):
    """`language`: None for all that have no text of their own."""

    organization_id: UUID
    kind: NoticeKind
    recipient: Recipient
    language: Language | None

    @classmethod
    def of(
        cls, organization_id: UUID, kind: NoticeKind, recipient: Recipient | None, language: Language | None
    ) -> "TemplateKey":
        """Return the key, by default of the kind's first recipient; InvalidRequest for one that is not told of it."""
        told = RECIPIENTS[kind]
        if recipient is not None and recipient not in told:
            detail = f"must be one of {', '.join(told)}: nobody else is told of this"
            raise InvalidRequest(
                [Fault(pointer="#/recipient", code=FaultCode.NOT_ONE_OF, detail=detail, parameter="recipient")]
            )
        return cls(organization_id, kind, recipient or told[0], language)


class OwnText(Value, kw_only=True):
    """Subject, heading and body in an agency's own words; None is as usual. Each line of the body is a paragraph."""

    language: Language | None = None
    subject: str | None = None
    heading: str | None = None
    body: str | None = None

    @property
    def tells_of_giving(self) -> bool:
        """Whether it has words for an agent whose visit is a colleague's now."""
        return f"{{{Placeholder.GIVEN_TO}}}" in (self.body or "")


class NoticeTemplate(Value, kw_only=True):
    """An agency's own text. `version` counts the changes, going back to the usual one included; 0 before the first."""

    key: TemplateKey
    text: OwnText
    version: int = 0
    updated_at: datetime | None = None

    @property
    def placeholders(self) -> Sequence[Placeholder]:
        return placeholders(self.key.kind, self.key.recipient)

    def require_sound(self) -> None:
        """Raise InvalidRequest for braces around anything but a placeholder of this kind, and for too long a body."""
        faults = [
            fault
            for name in ("subject", "heading", "body")
            for fault in _faults(name, getattr(self.text, name) or "", self.placeholders)
        ]
        if faults:
            raise InvalidRequest(faults)


def own_text(texts: Sequence[OwnText], language: str) -> OwnText:
    """Return the text of a language, or else the one of all languages, or an empty one."""
    found = {one.language: one for one in texts}
    return found.get(Language(language)) or found.get(None) or OwnText()


def filled(template: str, value_of: Callable[[Placeholder], str | None]) -> str | None:
    """Put values in place of placeholders, once, and never within a value. None if a value is missing."""
    values = {name: value_of(Placeholder(name)) for name in _IN_BRACES.findall(template)}
    if None in values.values():
        return None
    return _IN_BRACES.sub(lambda found: values[found[1]] or "", template)


def _faults(name: str, text: str, known: Sequence[Placeholder]) -> Iterable[Fault]:
    if len(text.encode()) > LARGEST_BODY:
        detail = f"must be at most {LARGEST_BODY} bytes of UTF-8"
        yield Fault(pointer=f"#/{name}", code=FaultCode.WRONG_LENGTH, detail=detail)
    if any(found not in known for found in _IN_BRACES.findall(text)):
        detail = f"may have braces only around one of these: {', '.join(known)}"
        yield Fault(pointer=f"#/{name}", code=FaultCode.NOT_ONE_OF, detail=detail)
