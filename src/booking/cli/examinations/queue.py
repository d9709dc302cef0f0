"""The queue: whether it can be asked, and where what cannot be taken in goes."""

from collections.abc import AsyncIterator

from booking.cli.examinations.finding import Finding
from booking.cli.targets import QueueError, queue
from booking.entrypoints.dead_letters import DeadLetters, NoDeadLetterQueue
from booking.entrypoints.queue_depth import estimates

ABOUT = "queue"


async def queue_findings(url: str | None) -> AsyncIterator[Finding]:
    if url is None:
        yield Finding(ABOUT, "none is configured", "set BOOKING_SQS_QUEUE_URL, or take screenings by HTTP")
        return
    try:
        async with queue(url) as client:
            depth = await estimates(client, url)
            yield Finding(ABOUT, f"it answers, with {depth['visible']} messages waiting")
            try:
                dead, receives = await DeadLetters(client, url).redrive_policy()
            except NoDeadLetterQueue as error:
                yield Finding(ABOUT, str(error), "see docs/messages.md", fault=True)
                return
            letters = sum((await estimates(client, dead)).values())
            advice = "see `booking screenings dead list`" if letters else ""
            yield Finding("dead letters", f"{letters}; a message goes there after {receives} receives", advice)
    except QueueError as error:
        yield Finding(ABOUT, str(error), "see BOOKING_SQS_QUEUE_URL and AWS's settings", fault=True)
