"""The embedded SQS of `booking dev` and of the tests: moto on a loopback port, for function, not for load (ADR 2)."""

import json
import logging
import secrets
import socket
from threading import Thread
from typing import TYPE_CHECKING, Self

from booking.entrypoints.dev.gate import AccessKey, Gate
from booking.faults import Explained

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

HOST = "127.0.0.1"
QUEUE = "booking-screenings"
MAX_RECEIVES = 5  # the sixth receive finds the message in the dead-letter queue instead
VISIBILITY = 30  # seconds that a received message stays hidden from other receivers
STOPPING = 0.1  # seconds between looks whether to stop


class EmbeddedSqsError(Explained):
    """The embedded SQS cannot be started; the message is one line with the remedy."""


class EmbeddedSqs:
    """A running server with our queue and its dead-letter queue, from `start` to `stop` or to the end of its `with`.

    Nothing in it outlives it. It serves SQS and none of moto's other services, to the holders of its access key.
    """

    region = "us-east-1"

    def __init__(self, server: "BaseWSGIServer", key: AccessKey, queue: str) -> None:
        import boto3  # type: ignore[import-untyped]  # its stubs are a package of their own, for these few calls

        self.endpoint_url = f"http://{HOST}:{server.port}"
        self.access_key_id, self.secret_access_key = key.id, key.secret
        self._server = server
        self._thread = Thread(target=server.serve_forever, kwargs={"poll_interval": STOPPING}, daemon=True)
        self._thread.start()
        self._client = boto3.client(
            "sqs",
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
        )
        self._queue = queue
        self.queue_url, self.dead_letter_url = self._create_both()

    @classmethod
    def start(cls, *, port: int = 0, queue: str = QUEUE) -> Self:
        """The server on this port (0: any free one); EmbeddedSqsError if it is taken.

        All servers of one process share their queues, hence the name: a test that wants a fresh queue gives its own.
        """
        try:
            from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app
            from werkzeug.serving import make_server
        except ImportError as fault:
            raise EmbeddedSqsError("moto is missing: install the dev extra (pip install 'booking[dev]')") from fault
        key = AccessKey(f"BOOKING{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        with _listening(port) as listener:
            server = make_server(
                HOST,
                listener.getsockname()[1],
                Gate(create_backend_app("sqs"), key),
                threaded=True,
                request_handler=MotoRequestHandler,
                fd=listener.fileno(),
            )
        try:
            return cls(server, key, queue)
        except BaseException:
            server.shutdown()
            server.server_close()
            raise

    def waiting(self) -> int:
        """Count the messages of the queue that are not deleted yet."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counted = self._client.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=names)["Attributes"]
        return sum(int(counted[name]) for name in names)

    def empty(self) -> None:
        """Empty the queue and its dead-letter queue. By new ones: SQS purges but once a minute."""
        self._delete_both()
        self._create_both()

    def stop(self) -> None:
        self._delete_both()
        self._client.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _create_both(self) -> tuple[str, str]:
        """Return the URLs, which are the same each time."""
        dead_letter_url = self._create(f"{self._queue}-dlq", {})
        dead_letters = self._client.get_queue_attributes(QueueUrl=dead_letter_url, AttributeNames=["QueueArn"])
        redrive = {"deadLetterTargetArn": dead_letters["Attributes"]["QueueArn"], "maxReceiveCount": MAX_RECEIVES}
        attributes = {"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": str(VISIBILITY)}
        return self._create(self._queue, attributes), dead_letter_url

    def _delete_both(self) -> None:
        for url in (self.queue_url, self.dead_letter_url):
            self._client.delete_queue(QueueUrl=url)

    def _create(self, name: str, attributes: dict[str, str]) -> str:
        return str(self._client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def _listening(port: int) -> socket.socket:
    """A socket of ours, for the server would end the process where a port is taken."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as fault:
        listener.close()
        raise EmbeddedSqsError(f"port {port} cannot be had for SQS ({fault.strerror}): pass another") from fault
    return listener
