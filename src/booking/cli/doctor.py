"""`booking doctor`: everything that the service stands on is looked at, and each finding told in a line."""

from collections.abc import AsyncIterator

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.sessions import AUTO
from booking.cli.examinations.configuration import configuration
from booking.cli.examinations.database import database_findings
from booking.cli.examinations.delivery import deliveries
from booking.cli.examinations.diagnosis import Diagnosis
from booking.cli.examinations.issuer import issuer
from booking.cli.examinations.queue import queue_findings


async def doctor() -> int:
    """Print each diagnosis with its advice; return 1 if any is a fault."""
    found = [_told(one) async for one in _findings()]
    faults = sum(one.fault for one in found)
    print(f"{faults} fault{'' if faults == 1 else 's'}" if faults else "nothing is wrong")
    return 1 if faults else 0


async def _findings() -> AsyncIterator[Diagnosis]:
    settings, told = configuration()
    for one in told:
        yield one
    if settings is None:
        return
    opened = Database(settings.database_url, pool_size=1, logs=False, plans=AUTO)
    try:
        async for one in database_findings(opened, settings):
            yield one
        async for one in deliveries(opened, settings):
            yield one
    finally:
        await opened.close()
    async for one in queue_findings(settings.sqs_queue_url):
        yield one
    async for one in issuer(settings.auth):
        yield one


def _told(one: Diagnosis) -> Diagnosis:
    mark = "fault" if one.fault else "note" if one.advice else "ok"
    print(f"{mark:<6}{one.about:<15}{one.says}{f': {one.advice}' if one.advice else ''}", flush=True)
    return one
