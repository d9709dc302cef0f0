"""The embedded SQS of `booking dev` and of the tests: moto on a loopback port, for function, not for load (ADR 2)."""

import json
import logging
import socket
from typing import TYPE_CHECKING, Self

from booking.explained import Explained

if TYPE_CHECKING:
    from moto.server import ThreadedMotoServer

HOST = "127.0.0.1"
QUEUE = "booking-screenings"
MAX_RECEIVES = 5  # the sixth receive finds the message in the dead-letter queue instead
VISIBILITY = 30  # seconds that a received message stays hidden from other receivers


class EmbeddedSqsError(Explained):
    """The embedded SQS cannot be had; the message is one line that says what to do."""


class EmbeddedSqs:
    """A running server with our queue and its dead-letter queue, from `start` to `stop` or to the end of its `with`.

    Nothing in it outlives it, and nobody checks its credentials.
    """

    region = "us-east-1"
    access_key_id = "dev"
    secret_access_key = "dev"  # noqa: S105

    def __init__(self, server: "ThreadedMotoServer", queue: str) -> None:
        import boto3  # type: ignore[import-untyped]  # its stubs are a package of their own, for these few calls

        host, port = server.get_host_and_port()
        self.endpoint_url = f"http://{host}:{port}"
        self._server = server
        self._client = boto3.client(
            "sqs",
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
        )
        self.dead_letter_url = self._create(f"{queue}-dlq", {})
        dead_letters = self._client.get_queue_attributes(QueueUrl=self.dead_letter_url, AttributeNames=["QueueArn"])
        redrive = {"deadLetterTargetArn": dead_letters["Attributes"]["QueueArn"], "maxReceiveCount": MAX_RECEIVES}
        self.queue_url = self._create(
            queue, {"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": str(VISIBILITY)}
        )

    @classmethod
    def start(cls, *, port: int = 0, queue: str = QUEUE) -> Self:
        """The server on this port (0: any free one); EmbeddedSqsError if it is taken.

        All servers of one process share their queues, hence the name: a test that wants a fresh queue gives its own.
        """
        try:
            from moto.server import ThreadedMotoServer
        except ImportError as fault:
            raise EmbeddedSqsError("moto is missing: install the dev extra (pip install 'booking[dev]')") from fault
        _check_free(port)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer(HOST, port, verbose=False)
        server.start()
        try:
            return cls(server, queue)
        except BaseException:
            server.stop()
            raise

    def stop(self) -> None:
        for url in (self.queue_url, self.dead_letter_url):
            self._client.delete_queue(QueueUrl=url)
        self._client.close()
        self._server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _create(self, name: str, attributes: dict[str, str]) -> str:
        return str(self._client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def _check_free(port: int) -> None:
    """moto would wait for ever for a port that it cannot have."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as fault:
            raise EmbeddedSqsError(f"port {port} cannot be had for SQS ({fault.strerror}): pass another") from fault
