"""An SQS for load and for faults, in a process of its own; nothing in it outlives it.

moto stands for the function, at about 100 messages a second. This one makes thousands, is as strict as SQS in what the
service uses of it, and refuses the rest.
"""

import asyncio
import http.client
import json
import multiprocessing
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from uvicorn.config import Config
from uvicorn.server import Server as Uvicorn

from booking import loop
from booking.entrypoints.http.server.server import listen
from tests.support.queues import Faults
from tests.support.sqs_actions import ARN, REGION, Actions
from tests.support.sqs_requests import Refused, decode

HOST = "127.0.0.1"
MAX_RECEIVES = 5
IDLE = 75  # seconds that a connection may be; the clients of today keep theirs for less

forkserver = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Sqs:
    """`environment` is what a client needs to find it."""

    port: int
    queue_url: str = ""
    dead_letter_url: str = ""

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "AWS_ENDPOINT_URL_SQS": self.endpoint_url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def ask(self, action: str, **request: object) -> dict[str, Any]:
        """As the protocol names it; also what SQS has not: Advance, Look, Left, Sent."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("POST", "/", json.dumps(request), {"X-Amz-Target": f"AmazonSQS.{action}"})
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        assert response.status == 200, answer
        return answer


@contextmanager
def sqs(faults: Faults | None = None, *, queue: str = "screenings") -> Iterator[Sqs]:
    """Running, with a queue and its dead-letter queue, until the end of the block."""
    with listen(HOST, 0) as listener:
        port = listener.getsockname()[1]
        serving = forkserver.Process(target=_serve, args=(listener, faults or Faults()), daemon=True)
        serving.start()
        try:
            bare = Sqs(port)
            dead = bare.ask("CreateQueue", QueueName=f"{queue}-dlq")["QueueUrl"]
            policy = json.dumps({"deadLetterTargetArn": f"{ARN}{queue}-dlq", "maxReceiveCount": MAX_RECEIVES})
            made = bare.ask("CreateQueue", QueueName=queue, Attributes={"RedrivePolicy": policy})["QueueUrl"]
            yield Sqs(port, made, dead)
        finally:
            serving.kill()
            serving.join()


def _serve(listener: socket.socket, faults: Faults) -> None:
    config = Config(
        Application(Actions(f"http://{HOST}:{listener.getsockname()[1]}", faults)),
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=IDLE,
    )
    loop.run(_until_orphaned(Uvicorn(config), listener))


async def _until_orphaned(server: Uvicorn, listener: socket.socket) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    asyncio.get_running_loop().add_reader(parent.sentinel, os._exit, 0)
    await server.serve(sockets=[listener])


class Application:
    """ASGI, of AWS's JSON protocol."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                return
            body, more = body + event["body"], event["more_body"]
        target: str = next((value for name, value in scope["headers"] if name == b"x-amz-target"), b"").decode()
        status, headers = 200, [(b"content-type", b"application/x-amz-json-1.0")]
        try:
            answer = await self._actions.answer(decode(target.rpartition(".")[2], body), receive)
        except Refused as refusal:
            status = refusal.status
            headers += [(b"x-amzn-query-error", f"{refusal.of_old};Sender".encode())]
            answer = {"__type": f"com.amazonaws.sqs#{refusal.code}", "message": str(refusal)}
        told = msgspec.json.encode(answer)
        headers += [(b"content-length", b"%d" % len(told))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": told})
