"""Targets: the database and the queue that a command talks to, as its environment names them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from booking.adapters.postgres.engine.causes import Target
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.sessions import AUTO
from booking.adapters.postgres.migrations import require_current_schema
from booking.config import database_urls, queue_url
from booking.config.variables import ConfigurationError
from booking.entrypoints.sqs import NoSqs, sqs_client
from booking.faults import Explained

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

AT_LEISURE = 3600.0  # seconds for what goes through all rows, while an operator looks on


@asynccontextmanager
async def database(*, changing: bool = False) -> AsyncIterator[Database]:
    """Open the database; say beforehand which one is to be changed."""
    serving, _ = database_urls()
    if changing:
        tell_database(serving)
    opened = Database(serving, pool_size=1, answer=AT_LEISURE, logs=False, plans=AUTO)
    try:
        await require_current_schema(opened)
        yield opened
    finally:
        await opened.close()


def tell_database(url: str) -> None:
    """Say on which database something is about to be changed, before it is."""
    target = Target.of(url)
    print(f"on database {target.database} at {target.place}", flush=True)


class QueueError(Explained):
    """The queue cannot be used; says which, and why."""


def require_queue() -> str:
    """Return the queue's URL; ConfigurationError where none is set."""
    url = queue_url()
    if url is None:
        raise ConfigurationError(["BOOKING_SQS_QUEUE_URL is required"])
    return url


def tell_queue(url: str) -> None:
    """Say on which queue something is about to be changed, before it is."""
    print(f"on queue {url}", flush=True)


@asynccontextmanager
async def queue(url: str) -> "AsyncIterator[SQSClient]":
    """A client for this queue; QueueError for all that it cannot do."""
    from botocore.exceptions import BotoCoreError, ClientError  # which take long to import
    from botocore.parsers import ResponseParserError

    try:
        async with sqs_client(url) as client:
            yield client
    except ClientError as error:
        fault = error.response.get("Error", {})
        raise QueueError(f"the queue {url}: {fault.get('Code')}: {_line(fault.get('Message'))}") from error
    except BotoCoreError as error:
        raise QueueError(f"the queue {url}: {_line(error)}") from error
    except (ResponseParserError, NoSqs) as error:
        raise QueueError(f"the queue {url}: what answers there is no SQS") from error
    except TimeoutError as error:
        raise QueueError(f"the queue {url}: no answer in time") from error
    except ValueError as error:  # of an endpoint or a region that can be none
        raise QueueError(f"the queue {url}: {_line(error)}") from error


def _line(message: object) -> str:
    return " ".join(str(message).split())
