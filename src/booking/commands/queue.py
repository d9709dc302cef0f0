"""The queue, as commands use it: what AWS, or whatever answers in its place, refuses is one line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from booking.entrypoints.consumer import sqs_client
from booking.explained import Explained

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient


class QueueError(Explained):
    """The queue cannot be used; says which, and why."""


class NoSqs(Exception):
    """The answer is in no language of SQS's; the library would take it for an empty one."""


@asynccontextmanager
async def queue(url: str) -> "AsyncIterator[SQSClient]":
    """A client for this queue; QueueError for all that it cannot do."""
    from botocore.exceptions import BotoCoreError, ClientError  # which take long to import
    from botocore.parsers import ResponseParserError

    try:
        async with sqs_client() as client:
            client.meta.events.register("after-call.sqs", _look_at_answer)
            yield client
    except ClientError as error:
        told = error.response.get("Error", {})
        raise QueueError(f"the queue {url}: {told.get('Code')}: {_line(told.get('Message'))}") from error
    except BotoCoreError as error:
        raise QueueError(f"the queue {url}: {_line(error)}") from error
    except (ResponseParserError, NoSqs) as error:
        raise QueueError(f"the queue {url}: what answers there is no SQS") from error
    except ValueError as error:  # of an endpoint or a region that can be none
        raise QueueError(f"the queue {url}: {_line(error)}") from error


def _look_at_answer(http_response: Any, **_: object) -> None:
    media = http_response.headers.get("Content-Type", "")
    if "json" not in media and "xml" not in media:
        raise NoSqs


def _line(message: object) -> str:
    return " ".join(str(message).split())
