"""Background jobs: which of them one process of all has."""

import pytest

from booking import background
from booking.adapters.postgres.engine.database import Database
from booking.config import Settings
from booking.domain.people.contact import Channel
from booking.entrypoints.jobs import Job, Once
from booking.parts import Parts
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
