"""The queue: whether it answers, and whether it has a place for dead letters."""

from collections.abc import AsyncIterator

from booking.cli.examinations.diagnosis import Diagnosis
from booking.cli.targets import QueueError, queue
from booking.entrypoints.dead_letters import DeadLetters, NoDeadLetterQueue
from booking.entrypoints.queue_depth import estimates

ABOUT = "queue"


async def queue_findings(url: str | None) -> AsyncIterator[Diagnosis]:
    if url is None:
        yield Diagnosis(ABOUT, "none is configured", "set BOOKING_SQS_QUEUE_URL, or take screenings by HTTP")
        return
    try:
        async with queue(url) as client:
            depth = await estimates(client, url)
            yield Diagnosis(ABOUT, f"it answers, with {depth['visible']} messages waiting")
            try:
                dead, receives = await DeadLetters(client, url).redrive_policy()
            except NoDeadLetterQueue as error:
                yield Diagnosis(ABOUT, str(error), "see docs/messages.md", fault=True)
                return
            letters = sum((await estimates(client, dead)).values())
            advice = "see `booking screenings dead list`" if letters else ""
            yield Diagnosis("dead letters", f"{letters}; a message goes there after {receives} receives", advice)
    except QueueError as error:
        yield Diagnosis(ABOUT, str(error), "see BOOKING_SQS_QUEUE_URL and AWS's settings", fault=True)
