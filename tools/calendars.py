"""Write sample calendars, which tests and a second parser read: calendars.py FOLDER

Beside each of them stands in `expected.json` what a calendar program has to find in it.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from booking.adapters.calendars import ICalendars
from booking.adapters.words import JinjaWords
from booking.adapters.words.samples import AGENCY, VISIT, sample
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.facts import EntryOwner, Facts, VisitFacts
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus

FOLDER = Path(__file__).parent.parent / "tests" / "unit" / "calendars"
ORGANIZER = "visits@booking.example"
ADDRESS = "ana.ribeiro+visits@example.org"
BOOKING = UUID("019a9f40-2b1c-7d3e-8f40-5a6b7c8d9e0f")
INVITATIONS = (
    (NoticeKind.REQUESTED, Recipient.APPLICANT, "es", 0, BookingStatus.PENDING_APPROVAL, False),
    (NoticeKind.CONFIRMED, Recipient.APPLICANT, "en", 0, BookingStatus.CONFIRMED, False),
    (NoticeKind.CONFIRMED, Recipient.AGENT, "pt", 0, BookingStatus.CONFIRMED, False),
    (NoticeKind.MOVED, Recipient.APPLICANT, "pt", 1, BookingStatus.CONFIRMED, False),
    (NoticeKind.MOVED, Recipient.AGENT, "en", 1, BookingStatus.CONFIRMED, True),
    (NoticeKind.DECLINED, Recipient.APPLICANT, "en", 0, BookingStatus.DECLINED, False),
    (NoticeKind.CANCELLED, Recipient.APPLICANT, "es", 1, BookingStatus.CANCELLED_BY_AGENT, False),
)
"""Kind, recipient, language, sequence and status of the booking, and whether it left the agent who is told."""
ZONES = (
    *("Europe/Lisbon", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "America/St_Johns"),
    *("America/Santiago", "Africa/Casablanca", "Asia/Jerusalem", "Asia/Kolkata", "Asia/Gaza", "Australia/Lord_Howe"),
    *("Pacific/Auckland", "Pacific/Chatham", "America/Nuuk", "Antarctica/Troll", "Etc/GMT+5", "UTC"),
)
TIMES = tuple(datetime(2027, month, 28, 0, 30, tzinfo=UTC) + timedelta(hours=month) for month in range(1, 13))
TWICE = (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
"""Half past one in Lisbon, and again half past one."""
STRANGE = replace(
    VISIT,
    label="Loft; 3rd floor, \\n “blue” \N{HOUSE BUILDING}\r\nBEGIN:VEVENT",
    directions="Ring twice.\nATTENDEE:mailto:all@example.org\n" + "A long way, " * 20,
    applicant_name='Zoë "Zed" O\'Neill; Jr.',
    agent_name=None,
)


def main(folder: str) -> int:
    for name, content in calendars().items():
        (Path(folder) / name).write_bytes(content)
    (Path(folder) / "expected.json").write_text(json.dumps(expected(), indent=1) + "\n")
    return 0


def calendars() -> Mapping[str, bytes]:
    writer = ICalendars(JinjaWords(), ORGANIZER)
    found = {}
    for name, facts in _invitations().items():
        invitation = writer.invitation(facts, ADDRESS)
        assert invitation is not None
        found[name] = invitation.content
    return found | {name: writer.feed(of, visits) for name, (of, visits) in _feeds().items()}


def expected() -> Mapping[str, Any]:
    """Return what a calendar program has to find: the method, and each visit with its times."""
    found = {}
    for name, facts in _invitations().items():
        assert facts.entry is not None
        assert facts.visit is not None
        found[name] = {"method": facts.entry.method, "visits": [_expected(facts.entry, facts.visit)]}
    for name, (_, visits) in _feeds().items():
        found[name] = {"method": "PUBLISH", "visits": [_expected(*one) for one in visits]}
    return found


def _expected(entry: CalendarEntry, visit: VisitFacts) -> Mapping[str, Any]:
    return {
        "uid": str(entry.booking_id),
        "sequence": entry.sequence,
        "status": entry.status,
        "start": visit.start_time.isoformat(),
        "end": visit.end_time.isoformat(),
    }


def _invitations() -> Mapping[str, Facts]:
    found = {}
    for kind, recipient, locale, sequence, status, left in INVITATIONS:
        facts = sample(kind, recipient, locale)
        entry = _entry(BOOKING, sequence, status, facts.at, left=left)
        found[f"{kind}.{recipient}.{locale}.ics"] = replace(facts, entry=entry)
    return found


def _feeds() -> Mapping[str, tuple[EntryOwner, Sequence[tuple[CalendarEntry, VisitFacts]]]]:
    agent = EntryOwner(recipient=Recipient.AGENT, locale="en", name="Marta Nunes", agency=AGENCY)
    statuses = (BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL, BookingStatus.CANCELLED_BY_APPLICANT)
    strange = [
        (_entry(UUID(int=number), number, status, VISIT.start_time), STRANGE) for number, status in enumerate(statuses)
    ]
    visits = [_at(time, zone) for zone in ZONES for time in TIMES] + [_at(time, "Europe/Lisbon") for time in TWICE]
    zones = [
        (_entry(UUID(int=number), 0, BookingStatus.CONFIRMED, VISIT.start_time), visit)
        for number, visit in enumerate(visits)
    ]
    return {"feed.agent.en.ics": (agent, strange), "feed.zones.en.ics": (agent, zones)}


def _at(time: datetime, zone: str) -> VisitFacts:
    return VisitFacts(label=zone, start_time=time, end_time=time + timedelta(minutes=30), time_zone=zone)


def _entry(id: UUID, sequence: int, status: BookingStatus, at: datetime, *, left: bool = False) -> CalendarEntry:
    return CalendarEntry(booking_id=id, booking_sequence=sequence, booking_status=status, at=at, left=left)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
