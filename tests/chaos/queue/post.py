"""What the screening service would send, poison among it, and what must become of it: apart from the service's code."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

Person = tuple[UUID, UUID]  # organization, and the sender's id of them, which two organizations may share

STRICTNESS = ("LOW", "MEDIUM", "HIGH")
INSTANTS = 400  # of which screenings have theirs: few enough that some tie
COPIES = 3
ONCE = 0.1  # of the screenings, of people of their own, for a copy would make good what is lost
FAR = datetime(2099, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Letter:
    """`reason`: a part of what must be told of it, if it is poison."""

    body: str
    person: Person | None = None
    risk: str = ""
    screened_at: datetime | None = None
    reason: str = ""
    copies: int = COPIES


@dataclass(frozen=True)
class State:
    name: str
    email: str
    risk: str
    screened_at: datetime


def screenings(count: int, people: Sequence[Person]) -> list[Letter]:
    once = max(1, round(count * ONCE))
    alone = [_screening((random.choice(people)[0], uuid4()), number, copies=1) for number in range(once)]
    return [*alone, *(_screening(random.choice(people), number) for number in range(once, count))]


def _screening(person: Person, number: int, copies: int = COPIES) -> Letter:
    """Told in any zone; some without a time, and some by a clock that is far ahead."""
    since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(INSTANTS))
    zone = timezone(timedelta(minutes=15 * random.randrange(-48, 49)))
    screened_at = random.choices([since.astimezone(zone), None, FAR], [90, 5, 5])[0]
    risk = random.choice(STRICTNESS)
    event = _event(person, number) | {"risk_level": risk}
    if screened_at is not None:
        event["screened_at"] = screened_at.isoformat()
    return Letter(json.dumps(event), person, risk, screened_at, copies=copies)


def _event(person: Person, number: int) -> dict[str, Any]:
    return {
        "event_type": "APPLICANT_SCREENED",
        "organization_id": str(person[0]),
        "applicant_id": str(person[1]),
        "name": f"Name {number}",
        "email": f"{number}@example.com",
        "risk_level": "HIGH",
        "screened_at": "2026-12-31T00:00:00Z",  # newer than all others: poison that is taken is seen
    }


def _with(**changes: object) -> Callable[[dict[str, Any]], str]:
    return lambda event: json.dumps(event | changes)


def _without(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda event: json.dumps({key: value for key, value in event.items() if key != name})


POISONS: Sequence[tuple[str, Callable[[dict[str, Any]], str]]] = (
    ("not valid JSON", lambda event: json.dumps(event)[:-1]),
    ("not valid JSON", lambda _: "[" * 200_000),
    ("not valid JSON", lambda _: "\ufffd\ufffd\u00ff"),
    ("not a JSON object", lambda event: json.dumps([event])),
    ("event_type", _without("event_type")),
    ("applicant_id", _without("applicant_id")),
    ("applicant_id", _with(applicant_id="1 OR 1=1")),
    ("risk_level", _with(risk_level="NONE")),
    ("screened_at", _with(screened_at="yesterday")),
    ("screened_at", _with(screened_at="0001-01-01T00:00:00Z")),
)


def poison(count: int, people: Sequence[Person]) -> list[Letter]:
    """Of every kind in turn, about the same people as the good ones."""
    made = []
    for number in range(count):
        reason, spoil = POISONS[number % len(POISONS)]
        made.append(Letter(spoil(_event(random.choice(people), number)), reason=reason))
    return made


def newest(sent: Mapping[str, Letter], sent_at: Mapping[str, int]) -> dict[Person, list[State]]:
    """By person, what they may be: what the newest screening says, the stricter of two at one time. Of two that are
    alike in both, either."""
    ranked: dict[Person, list[tuple[datetime, int, State]]] = {}
    for message_id, letter in sent.items():
        if letter.person is None:
            continue
        arrived = datetime.fromtimestamp(sent_at[message_id] / 1000, UTC)
        counts_from = letter.screened_at if letter.screened_at and letter.screened_at < arrived else arrived
        told = json.loads(letter.body)
        state = State(told["name"], told["email"], letter.risk, counts_from.astimezone(UTC))
        ranked.setdefault(letter.person, []).append((counts_from, STRICTNESS.index(letter.risk), state))
    return {
        person: [state for *rank, state in found if rank == list(max(one[:2] for one in found))]
        for person, found in ranked.items()
    }


def people(count: int) -> list[Person]:
    """In two organizations, which know them by the same ids."""
    organizations = [uuid4(), uuid4()]
    return [(organization, UUID(int=number)) for organization in organizations for number in range(1, count // 2 + 1)]
