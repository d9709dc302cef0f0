"""Everything that happens by the clock, each from its beginning to the instant at which it is over.

A script is given an office at its beginning, and yields the instant of the database's clock at which it goes on. What
must be then is reckoned here, in hours of UTC; a microsecond before, it must not be yet.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.builders import HOUR
from tests.chaos.clock.office import Office

MOMENT = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = 24 * HOUR
LEEWAY = 30 * SECOND

Script = Iterator[datetime]


def tokens(office: Office) -> Script:
    """By the host's clock, which shows that it is off."""
    for expires in (office.began - 100 * SECOND, office.began + 100 * SECOND):
        answer = office.ask(office.token("somebody", expires=expires), "GET", "/me")
        expected = "unauthenticated" if expires + LEEWAY <= office.host_now else "not_registered"
        office.outcome("a token", answer, expected)
    yield from ()


def hold(office: Office) -> Script:
    slot = office.slot(office.began + 3 * HOUR, hold_seconds=120)
    ada, bob = office.people(2)
    held = office.ask(ada, "POST", f"/slots/{slot.id}/holds")
    ends = office.began + 120 * SECOND
    office.instant("a hold's end", held["hold"]["expires_at"], ends)
    yield ends - MOMENT
    office.outcome("booking what is held", office.book(bob, slot), "slot_taken")
    yield ends
    office.outcome("booking what was held", office.book(bob, slot), "confirmed")


def offer(office: Office) -> Script:
    slot = office.slot(office.began + 26 * HOUR, offer_seconds=1800)
    ada, bob, carol = office.people(3)
    booked = office.book(ada, slot)
    office.ask(bob, "POST", f"/slots/{slot.id}/waitlist")
    office.ask(ada, "DELETE", f"/bookings/{booked['booking']['id']}")
    (entry,) = office.ask(bob, "GET", "/waitlist")["entries"]
    ends = office.began + 1800 * SECOND
    office.instant("an offer's end", entry["offer"]["expires_at"], ends)
    yield ends - MOMENT
    entries = office.ask(bob, "GET", "/waitlist?status=offered")["entries"]
    office.check("offers that are not over", len(entries), 1)
    office.outcome("booking what is offered", office.book(carol, slot), "slot_taken")
    yield ends
    entries = office.ask(bob, "GET", "/waitlist?status=lapsed")["entries"]
    office.check("offers that are over", len(entries), 1)
    office.outcome("booking what was offered", office.book(carol, slot), "confirmed")


def approval(office: Office) -> Script:
    policy: dict[str, Any] = {
        "approval_levels": ["LOW"],
        "approval_seconds": 86_400,
        "approval_before_start_seconds": 7200,
    }
    slot, soon = (
        office.slot(office.began + 3 * DAY, capacity=2, **policy),
        office.slot(office.began + 5 * HOUR, **policy),
    )
    ada, bob = office.people(2)
    hers, his = (office.book(who, slot)["booking"] for who in (ada, bob))
    ends = office.began + DAY
    office.instant("an approval's deadline", hers["approval_deadline"], ends)
    office.instant(
        "one before the start", office.book(ada, soon)["booking"]["approval_deadline"], soon.start - 2 * HOUR
    )
    yield ends - MOMENT
    office.outcome("approving in time", office.ask(slot.agent, "POST", f"/bookings/{hers['id']}/approve"), "confirmed")
    yield ends
    office.outcome("what nobody approved", office.ask(bob, "GET", f"/bookings/{his['id']}"), "expired")
    late = office.ask(slot.agent, "POST", f"/bookings/{his['id']}/approve")
    office.outcome("approving too late", late, "booking_not_pending")


def notice(office: Office) -> Script:
    """The last instant at which it can be booked, and one that has passed."""
    for before, expected in ((0 * SECOND, "confirmed"), (SECOND, "notice_too_short")):
        slot = office.slot(office.began + 3 * HOUR - before, notice_seconds=3 * 3600)
        _listed_as_booked(office, f"with notice, {expected}", slot.property_id, [slot.id] if not before else [])
        (ada,) = office.people(1)
        office.outcome("booking with notice", office.book(ada, slot), expected)
    yield from ()


def horizon(office: Office) -> Script:
    """Days of 24 hours, whatever the clocks on the walls do meanwhile."""
    (ada,) = office.people(1)
    near, far = (office.slot(office.began + 7 * DAY + more, horizon_days=7) for more in (0 * SECOND, SECOND))
    _listed_as_booked(office, "on the horizon", near.property_id, [near.id])
    _listed_as_booked(office, "beyond the horizon", far.property_id, [])
    rules = office.ask(ada, "GET", f"/slots/{far.id}/eligibility")["eligibility"]["rules"]
    (until,) = (rule["until"] for rule in rules if rule["rule"] == "horizon")
    office.instant("when it can be booked", until, far.start - 7 * DAY)
    office.outcome("booking beyond the horizon", office.book(ada, far), "beyond_horizon")
    office.outcome("booking on the horizon", office.book(ada, near), "confirmed")
    yield from ()


def cutoff(office: Office) -> Script:
    for before, expected in ((0 * SECOND, 204), (SECOND, "cutoff_passed")):
        slot = office.slot(office.began + 2 * HOUR - before, cancellation_cutoff_seconds=7200)
        (ada,) = office.people(1)
        booked = office.book(ada, slot)["booking"]
        office.outcome("cancelling", office.ask(ada, "DELETE", f"/bookings/{booked['id']}"), expected)
    yield from ()


def visit(office: Office) -> Script:
    office.outcome(
        "a slot from now on",
        office.offer(office.agent(), str(uuid4()), office.began, office.began + HOUR),
        "slot_in_past",
    )
    office.outcome(
        "a slot at once", office.offer(office.agent(), str(uuid4()), office.began + MOMENT, office.began + HOUR), 201
    )
    slot = office.slot(office.began + 2 * MINUTE, capacity=3)
    ada, bob, carol = office.people(3)
    hers = office.book(ada, slot)["booking"]
    office.instant("when it was booked", hers["created_at"], office.began)
    yield slot.start - MOMENT
    office.outcome("booking just before", office.book(bob, slot), "confirmed")
    record = ("POST", f"/bookings/{hers['id']}/outcome")
    office.outcome("an outcome before", office.ask(slot.agent, *record, {"outcome": "attended"}), "visit_not_started")
    yield slot.start
    office.outcome("booking what begins", office.book(carol, slot), "slot_started")
    office.outcome("cancelling what begins", office.ask(ada, "DELETE", f"/bookings/{hers['id']}"), "slot_started")
    office.outcome("an outcome", office.ask(slot.agent, *record, {"outcome": "attended"}), "confirmed")
    yield slot.start + 7 * DAY
    office.outcome("another outcome", office.ask(slot.agent, *record, {"outcome": "no_show"}), "confirmed")
    yield slot.start + 7 * DAY + MOMENT
    office.outcome("one too late", office.ask(slot.agent, *record, {"outcome": "attended"}), "outcome_final")


def walls(office: Office) -> Script:
    """Slots across the hour that is skipped, or comes twice: as long as they last, not as clocks on the wall say."""
    change, agent, property_id = office.change, office.agent(), str(uuid4())
    times = [(change - 20 * MINUTE, change), (change, change + 20 * MINUTE)]
    made = [office.offer(agent, property_id, start, end)["slot"] for start, end in times]
    for slot, (start, end) in zip(made, times, strict=True):
        office.instant("a start", slot["start_time"], start)
        office.instant("an end", slot["end_time"], end)
    across = office.offer(agent, property_id, change - 10 * MINUTE, change + 10 * MINUTE)
    office.outcome("a slot across", across, "slot_overlap")
    window = office.http.build_request(
        "GET", "/", params={"from": office.local(change), "to": office.local(change + HOUR)}
    )
    _listed_as_booked(office, "from the change on", property_id, [made[1]["id"]], f"?{window.url.query.decode()}")
    for more, expected in ((SECOND, "slot_too_long"), (0 * SECOND, 201)):
        long = office.offer(office.agent(), str(uuid4()), change - 4 * HOUR, change + 4 * HOUR + more)
        office.outcome("eight hours", long, expected)
    yield from ()


SCRIPTS: Sequence[Callable[[Office], Script]] = (
    tokens,
    hold,
    offer,
    approval,
    notice,
    horizon,
    cutoff,
    visit,
    walls,
)
PEOPLE = 15
"""How many of them take part in all of these."""


def _listed_as_booked(office: Office, what: str, property_id: str, expected: list[str], query: str = "") -> None:
    listed = office.ask(office.agent(), "GET", f"/properties/{property_id}/slots{query}")["slots"]
    office.check(f"listed {what}", [slot["id"] for slot in listed], expected)
