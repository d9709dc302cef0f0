"""Screenings that come at one time: one transaction for many, and nobody's fault is anybody else's."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.people.applicants import PostgresApplicants
from booking.domain.delivery.inbound import InboundMessage
from booking.domain.events import Actor
from booking.domain.people.applicant import Applicant, RiskLevel
from tests.builders import organization, screening
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

BY = Actor(subject=None, role="screening", request_id="m")


async def test_of_many_screenings_of_the_same_people_at_once_the_newest_count(
    database: Database, owner_url: str
) -> None:
    applicants, agency = postgres_store(database).applicants, organization(postgres_store(database))
    people, sent_at = [uuid4() for _ in range(10)], datetime.now(UTC) - timedelta(hours=1)
    await asyncio.gather(
        *(
            applicants.register(
                screening(
                    agency.organization_id,
                    external_id=person,
                    name=f"Name {number}",
                    risk_level=RiskLevel.HIGH if number % 2 else RiskLevel.LOW,
                    sent_at=sent_at + timedelta(seconds=number),
                ),
                BY,
            )
            for number in range(20)
            for person in people
        )
    )
    found = await as_owner(owner_url, "SELECT DISTINCT name, risk_level, count(*) OVER () FROM applicants")
    assert [tuple(row) for row in found] == [("Name 19", "HIGH", 10)]
    (wrong,) = await as_owner(
        owner_url,
        """SELECT count(*) FROM (SELECT from_state, lag(to_state) OVER (PARTITION BY applicant_id ORDER BY seq) AS was
           FROM events) told WHERE from_state IS DISTINCT FROM was""",
    )
    assert wrong[0] == 0


async def test_one_that_cannot_be_written_keeps_none_of_the_others_out(database: Database) -> None:
    applicants, agency = postgres_store(database).applicants, organization(postgres_store(database))
    names = ["Ada", "B\x00b", "Cem", "Eva"]
    told = await asyncio.gather(
        *(applicants.register(screening(agency.organization_id, name=name), BY) for name in names),
        return_exceptions=True,
    )
    assert [one.name if isinstance(one, Applicant) else "" for one in told] == ["Ada", "", "Cem", "Eva"]


async def test_no_message_is_noted_without_its_effect_where_two_processes_meet(database: Database) -> None:
    by, home = Actor(subject=None, role="screening", request_id=None), uuid4()
    processes = [PostgresApplicants(database) for _ in range(4)]
    for number in range(10):
        person = uuid4()
        found = [
            screening(home, external_id=person, email="a@example.com", risk_level=level)
            for level in (RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.LOW, RiskLevel.LOW)
        ]
        messages = [InboundMessage("partner", f"msg_{number}_{index}") for index in range(4)]
        await asyncio.gather(
            *(
                one.register(*asked, message)
                for one, asked, message in zip(processes, ((s, by) for s in found), messages, strict=True)
            )
        )
