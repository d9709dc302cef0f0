"""Background jobs: which of them one process of all has."""

from dataclasses import replace
from typing import Any, cast

import pytest

from booking import background
from booking.adapters.postgres.engine.database import Database
from booking.capabilities import jobs_of
from booking.config import Settings
from booking.domain.people.contact import Channel
from booking.entrypoints.jobs import Job, Once, Part, Workers
from booking.parts import Parts
from tests.fakes.leases import MemoryLeases
from tests.fakes.state import State
from tests.support.mail import Post
from tests.unit.test_config import LEAST

MAIL = {"BOOKING_SMTP_URL": "smtp://localhost", "BOOKING_MAIL_FROM": "visits@example.com"}


@pytest.mark.parametrize(
    ("limit", "kind"), [({}, Job), ({"BOOKING_MAIL_LIMIT": "840"}, Once)], ids=["by all", "by one of all"]
)
def test_a_limit_of_e_mail_is_kept_by_one_process_of_all(limit: dict[str, str], kind: type[Job | Once]) -> None:
    settings = Settings.read(LEAST | MAIL | limit)
    jobs = background.notices(
        Parts(database=Database(settings.database_url), settings=settings, providers={Channel.EMAIL: Post()})
    )
    assert [type(job) for job in jobs if job.name == "sending notices"] == [kind]


def test_the_parts_of_the_service_are_all_of_it_and_each_loop_is_of_one_or_of_all() -> None:
    settings = Settings.read(LEAST | MAIL)
    parts = Parts(database=Database(settings.database_url), settings=settings, providers={Channel.EMAIL: Post()})
    parts.queue = cast("Any", object())
    names = {part: [job.name for job in jobs_of(parts) if job.part is part] for part in (None, *Part)}
    assert names[None] == ["looking at the database"]
    assert names[Part.HTTP] == ["watching the feed", "checking readers"]
    assert names[Part.CONSUMER] == ["consumer", "counting messages"]
    assert set(names[Part.RELAY]) == {
        *("relay", "counting events", "sealer", "counting seals", "looking ahead", "webhook health")
    }
    assert {"jobs", "tidying", "sending notices", "planning notices", "computing figures"} <= set(names[Part.JOBS])
    for part in Part:
        workers = Workers(leases=MemoryLeases(State()))
        workers.only = part
        for job in jobs_of(parts):
            workers.add(job)
        assert sorted(job.name for job in workers.jobs) == sorted([*names[part], *names[None]])


def test_a_part_that_sends_nothing_has_no_process_to_send() -> None:
    settings = Settings.read(LEAST | MAIL)
    assert [replace(settings, only=one).processes for one in (None, *Part)] == [2, 1, 1, 1, 2]
