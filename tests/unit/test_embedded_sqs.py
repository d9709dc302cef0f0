"""The embedded SQS: our queue, its dead-letter queue, and nothing that outlives it."""

import socket
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

import boto3  # type: ignore[import-untyped]  # its stubs are a package of their own, for these few calls
import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from booking.entrypoints.dev.sqs import MAX_RECEIVES, EmbeddedSqs, EmbeddedSqsError


@pytest.fixture
def sqs() -> Iterator[EmbeddedSqs]:
    with EmbeddedSqs.start(queue=f"queue-{uuid4()}") as server:
        yield server


class Client:
    """boto3 as a stranger uses it: with what the server says of itself."""

    def __init__(self, sqs: EmbeddedSqs) -> None:
        self._sqs = boto3.client(
            "sqs",
            endpoint_url=sqs.endpoint_url,
            region_name=sqs.region,
            aws_access_key_id=sqs.access_key_id,
            aws_secret_access_key=sqs.secret_access_key,
        )

    def send(self, url: str, body: str) -> None:
        self._sqs.send_message(QueueUrl=url, MessageBody=body)

    def receive(self, url: str, *, hidden: int | None = None) -> list[str]:
        """What is there now; `hidden`: for so many seconds, where the queue's own thirty are not wanted."""
        options = {} if hidden is None else {"VisibilityTimeout": hidden}
        received = self._sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0, **options)
        return [message["Body"] for message in received.get("Messages", [])]

    def attributes(self, url: str) -> dict[str, str]:
        attributes: dict[str, str] = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return attributes


def test_what_is_sent_is_received_once_and_then_hidden(sqs: EmbeddedSqs) -> None:
    client = Client(sqs)
    client.send(sqs.queue_url, "screened")
    assert [client.receive(sqs.queue_url) for _ in range(2)] == [["screened"], []]


def test_the_queue_hides_for_thirty_seconds(sqs: EmbeddedSqs) -> None:
    assert Client(sqs).attributes(sqs.queue_url)["VisibilityTimeout"] == "30"


def test_after_five_receives_a_message_is_a_dead_letter(sqs: EmbeddedSqs) -> None:
    client = Client(sqs)
    client.send(sqs.queue_url, "malformed")
    received = [client.receive(sqs.queue_url, hidden=0) for _ in range(MAX_RECEIVES + 1)]
    assert received == [["malformed"]] * 5 + [[]]
    assert client.receive(sqs.dead_letter_url) == ["malformed"]


def test_the_queues_have_the_names_that_the_documentation_gives() -> None:
    with EmbeddedSqs.start() as sqs:
        assert [urlsplit(url).path for url in (sqs.queue_url, sqs.dead_letter_url)] == [
            "/123456789012/booking-screenings",
            "/123456789012/booking-screenings-dlq",
        ]
        assert {urlsplit(url).netloc for url in (sqs.queue_url, sqs.dead_letter_url)} == {
            urlsplit(sqs.endpoint_url).netloc
        }


def test_stopping_frees_the_port_and_forgets_the_messages() -> None:
    with EmbeddedSqs.start() as sqs:
        Client(sqs).send(sqs.queue_url, "forgotten")
        port = urlsplit(sqs.endpoint_url).port
    assert port is not None
    with pytest.raises(OSError, match="refused"):
        urlopen(sqs.endpoint_url, timeout=1)
    with EmbeddedSqs.start(port=port) as again:
        assert again.queue_url == sqs.queue_url
        assert Client(again).receive(again.queue_url) == []


OTHERS = (
    {"X-Amz-Target": "DynamoDB_20120810.ListTables"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "application/x-amz-json-1.0"},
)


@pytest.mark.parametrize(
    "path", ["/", "/moto-api/reset", "/moto-api/", "/123456789012/booking-screenings", "/2015-03-31/functions"]
)
@pytest.mark.parametrize("headers", OTHERS)
def test_who_signs_nothing_gets_nothing_of_moto(sqs: EmbeddedSqs, path: str, headers: dict[str, str]) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        answer = httpx.request(method, sqs.endpoint_url + path, headers=headers, content=b"Action=ListUsers")
        assert answer.status_code == 403
        assert "InvalidClientTokenId" in answer.text


@pytest.mark.parametrize("service", ["iam", "lambda", "s3"])
def test_the_key_opens_sqs_and_no_other_service(sqs: EmbeddedSqs, service: str) -> None:
    client = boto3.client(
        service,
        endpoint_url=sqs.endpoint_url,
        region_name=sqs.region,
        aws_access_key_id=sqs.access_key_id,
        aws_secret_access_key=sqs.secret_access_key,
    )
    asked = {
        "iam": "list_users",
        "lambda": "list_functions",
        "s3": "list_buckets",
    }
    with pytest.raises(ClientError, match=r"InvalidClientTokenId|403"):
        getattr(client, asked[service])()


def signed(sqs: EmbeddedSqs, body: bytes, *, key: str | None = None, secret: str | None = None) -> AWSRequest:
    request = AWSRequest(
        method="POST",
        url=sqs.endpoint_url + "/",
        data=body,
        headers={"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "application/x-amz-json-1.0"},
    )
    credentials = Credentials(key or sqs.access_key_id, secret or sqs.secret_access_key)
    SigV4Auth(credentials, "sqs", sqs.region).add_auth(request)
    return request


def ask(request: AWSRequest, body: bytes) -> httpx.Response:
    return httpx.post(str(request.url), headers=dict(request.headers.items()), content=body)


def test_a_request_is_served_by_its_key_its_secret_and_its_body_alone(sqs: EmbeddedSqs) -> None:
    assert ask(signed(sqs, b"{}"), b"{}").status_code == 200
    told = [
        ask(signed(sqs, b"{}", key="dev", secret="dev"), b"{}"),
        ask(signed(sqs, b"{}", key="dev"), b"{}"),
        ask(signed(sqs, b"{}", secret="dev"), b"{}"),
        ask(signed(sqs, b"{}"), b'{"MaxResults": 1}'),
    ]
    assert [(one.status_code, one.json()["__type"].partition("#")[2]) for one in told] == [
        (403, "InvalidClientTokenId"),
        (403, "InvalidClientTokenId"),
        (403, "SignatureDoesNotMatch"),
        (403, "SignatureDoesNotMatch"),
    ]
    bare = signed(sqs, b"{}")
    bare.headers.replace_header("Authorization", str(bare.headers["Authorization"]).replace("/sqs/", "/iam/"))
    assert ask(bare, b"{}").status_code == 403


def test_each_instance_has_a_key_of_its_own() -> None:
    with EmbeddedSqs.start(queue="one") as one, EmbeddedSqs.start(queue="other") as other:
        assert one.access_key_id != other.access_key_id
        assert one.secret_access_key != other.secret_access_key


def test_a_taken_port_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedSqsError) as refused:
            EmbeddedSqs.start(port=port)
    assert str(refused.value) == f"port {port} cannot be had for SQS (Address already in use): pass another"


def test_a_missing_moto_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto.moto_server.werkzeug_app", None)
    with pytest.raises(EmbeddedSqsError) as refused:
        EmbeddedSqs.start()
    assert str(refused.value) == "moto is missing: install the dev extra (pip install 'booking[dev]')"
