"""A message of which nobody knows whether it was accepted is told to the agent of its visit, while that helps."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from booking.domain.notices.doubt import notice_of_doubt
from booking.domain.notices.notice import Notice, NoticeKind, Recipient
from booking.domain.people.contact import Channel
from booking.domain.values import replace

NOW = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
REMINDER = Notice(
    organization_id=uuid4(),
    cause="cause",
    kind=NoticeKind.REMINDER,
    recipient=Recipient.APPLICANT,
    recipient_id=uuid4(),
    channel=Channel.SMS,
    booking_id=uuid4(),
    sequence=0,
    agent_id=uuid4(),
    actor_role="system",
    start_time=NOW + 2 * HOUR,
    end_time=NOW + 3 * HOUR,
    happened_at=NOW,
    due_at=NOW,
    not_after=NOW + 2 * HOUR,
)


def test_the_agent_is_told_at_once() -> None:
    told = notice_of_doubt(REMINDER, NOW)
    assert told is not None
    assert (told.kind, told.recipient, told.recipient_id, told.channel, told.due_at, told.not_after) == (
        NoticeKind.OUTCOME_UNKNOWN,
        Recipient.AGENT,
        REMINDER.agent_id,
        Channel.EMAIL,
        NOW,
        NOW + 2 * HOUR,
    )


@pytest.mark.parametrize(
    ("notice", "at"), [(REMINDER, NOW + 2 * HOUR), (replace(REMINDER, agent_id=None), NOW)], ids=["begun", "no agent"]
)
def test_nobody_is_told_once_the_visit_has_begun_or_where_it_has_no_agent(notice: Notice, at: datetime) -> None:
    assert notice_of_doubt(notice, at) is None
