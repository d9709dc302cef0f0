"""Agencies with much of everything: a week of 504 visits, or a month of three homes with 10,000 free times."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from tests.e2e.driver import Caller
from tests.web.agencies import Agency

AGENTS = 4
HALVES = 18
"""Half hours of a day, from nine on, in which each of the agents shows a home."""
VISITS = AGENTS * 7 * HALVES
MANY = 10_000
DAYS = 31
AT_ONCE = 500  # of a batch


def fill_week(agency: Agency) -> datetime:
    """Book each half hour of next week's days with each of four agents; return when it begins."""
    now = datetime.now(ZoneInfo(agency.zone))
    start = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)
    times = [start + timedelta(days=day, minutes=30 * half) for day, half in product(range(7), range(HALVES))]
    for person in agency.applicants("Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra"):
        agent = agency.caller(agency.member(f"{person.name}'s agent"))
        (known,) = agency.caller(person).get("/api/v1/me").json()["me"]["applicants"]
        for slot in offer_many(agent, agency.home(), times, minutes=30):
            answer = agent.post("/api/v1/bookings", {"slot_id": slot, "applicant_id": known["id"]})
            assert answer.status_code == 201, answer.text
    return start


def fill_month(agency: Agency) -> None:
    """Offer 10,000 visits of ten minutes in the month that begins now, at three homes."""
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=1)
    a_day = MANY // 3 // DAYS + 1
    times = [start + timedelta(days=day, minutes=10 * one) for day, one in product(range(DAYS), range(a_day))]
    for number in range(3):
        offer_many(agency.caller(agency.member(f"Agent {number}")), agency.home(), times, minutes=10)


def offer_many(agent: Caller, property_id: str, times: Sequence[datetime], *, minutes: int) -> list[str]:
    """Offer visits that begin then; return their ids."""
    ids: list[str] = []
    for first in range(0, len(times), AT_ONCE):
        slots = [
            {
                "property_id": property_id,
                "start_time": start.isoformat(),
                "end_time": (start + timedelta(minutes=minutes)).isoformat(),
            }
            for start in times[first : first + AT_ONCE]
        ]
        answer = agent.post("/api/v1/slots/batch", {"mode": "all", "slots": slots})
        assert answer.status_code == 200, answer.text
        ids += [one["slot"]["id"] for one in answer.json()["results"]]
    return ids
