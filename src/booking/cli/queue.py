"""The queue, as commands use it: what AWS, or whatever answers in its place, refuses is one line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from booking.entrypoints.sqs import NoSqs, sqs_client
from booking.explained import Explained

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient


class QueueError(Explained):
    """The queue cannot be used; says which, and why."""


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
        told = error.response.get("Error", {})
        raise QueueError(f"the queue {url}: {told.get('Code')}: {_line(told.get('Message'))}") from error
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
