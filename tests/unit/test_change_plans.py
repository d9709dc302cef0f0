"""Plans of changes over HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec

from booking.cli.jobs import bar
from booking.domain.planning.job import Job, JobKind
from booking.domain.planning.refusals import PlanStale
from booking.domain.planning.slot_moves import Destination
from booking.domain.values import replace
from booking.entrypoints.http.change_plan_answer import shown_change
from booking.entrypoints.http.problems import problem_response
from tests.builders import organization
from tests.fakes import State, memory_store


async def test_a_stale_plan_is_answered_with_the_one_of_now() -> None:
    agency = organization(memory_store(State()))
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id)
    there = Destination(start_time=slot.start_time + timedelta(hours=1))
    plan, _ = await agency.slot_moves.move(agent, slot.id, there, dry=True)
    told = msgspec.json.decode(problem_response("/api/v1/slots/1/move", PlanStale(plan)).body)["plan"]
    assert told == msgspec.to_builtins(shown_change(plan))
    (planned,) = told["slots"]
    assert (told["hash"], planned["fate"], planned["was"]["agent_id"]) == (plan.hash, "moved", str(slot.agent_id))
    assert planned["claims"] == [
        {
            "booking_id": str(booking.id),
            "applicant_id": str(booking.applicant_id),
            "was": "confirmed",
            "becomes": "confirmed",
            "deadline": None,
        }
    ]


def test_a_bar_shows_how_far_a_job_is() -> None:
    job = Job(
        organization_id=uuid4(),
        id=uuid4(),
        kind=JobKind.WITHDRAWAL,
        done=1,
        total=4,
        input={},
        subject=None,
        role="admin",
        created_at=datetime.now(UTC),
    )
    assert bar(job) == f"[{'#' * 10}{'.' * 30}] 1 of 4"
    assert bar(replace(job, done=0, total=0)) == f"[{'#' * 40}] 0 of 0"
