"""Client of the screenings' queue: its address, its deadlines, and the check of its answers."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from booking.faults import Explained

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

LONG_POLL = 20  # seconds; the longest it waits, and the cheapest
DEADLINE = LONG_POLL + 10  # seconds for a whole call, however its answer trickles

REGION = re.compile(r"(?:^|\.)sqs(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d+)\.|^([a-z]{2}(?:-[a-z]+)+-\d+)\.queue\.")


class NoClient(Explained):
    """No client can be made from AWS's variables and files."""


class NoSqs(Exception):
    """The answer is in no language of SQS's; the library would take it for an empty one."""


@asynccontextmanager
async def sqs_client(queue_url: str = "") -> "AsyncIterator[SQSClient]":
    """Open a client: all as boto reads it from the environment, but for the region, which the queue's URL may name.

    The runner retries, not the client.
    """
    import aioboto3  # only here, for it takes as much memory as all else, and an instance without a queue needs none
    from aiobotocore.config import AioConfig
    from botocore.exceptions import BotoCoreError

    config = AioConfig(
        retries={"total_max_attempts": 1},
        connect_timeout=5,
        read_timeout=DEADLINE,
        user_agent="booking",  # else it is put together anew, and
        parameter_validation=False,  # what mypy has looked at is looked at again, for each call: an eighth of its time
        http_session_cls=_session_class(),
    )
    async with AsyncExitStack() as stack:
        try:
            availability = aioboto3.Session().client("sqs", config=config, region_name=region_of(queue_url))
            client = await stack.enter_async_context(availability)
        except (BotoCoreError, ValueError, OSError) as error:
            said = " ".join(str(error).split())
            raise NoClient(f"no client for the queue can be made of AWS's settings: {said}") from error
        yield client


def region_of(queue_url: str) -> str | None:
    """The region in the URL of a queue at AWS; or else AWS_REGION's, which boto does not read; or None."""
    found = REGION.search(urlsplit(queue_url).hostname or "")
    return (found[1] or found[2]) if found else os.environ.get("AWS_REGION") or None


@cache
def _session_class() -> Any:
    from aiobotocore.httpsession import AIOHTTPSession

    class Session(AIOHTTPSession):
        async def send(self, request: Any) -> Any:
            """Send; TimeoutError past the deadline, NoSqs for an answer that only looks like success."""
            async with asyncio.timeout(DEADLINE):
                response: Any = await super().send(request)
                if response.status_code < 300:
                    require_sqs(await response.content, receiving=_receives(request))
            return response

    return Session


def _receives(request: Any) -> bool:
    target = request.headers.get("X-Amz-Target", b"")
    return (target if isinstance(target, bytes) else str(target).encode()).endswith(b".ReceiveMessage")


def require_sqs(body: bytes, *, receiving: bool) -> None:
    """NoSqs unless that is an answer of SQS's. Why: of anything else the library makes an answer without messages."""
    if not body and not receiving:
        return
    try:
        answer = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeError):
        raise NoSqs from None
    if receiving and answer and "Messages" not in answer:
        raise NoSqs
