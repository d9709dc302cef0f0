"""An instance that hands on to AWS: what happens reaches the queue that it is configured with."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3  # type: ignore[import-untyped]  # its stubs are a package of their own, for these few calls
import pytest
from moto.server import ThreadedMotoServer

from tests.chaos.load import PATIENCE, Client
from tests.chaos.scene import scene
from tests.chaos.service import instance
from tests.support.database import Server

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:what-happens.fifo"


@pytest.fixture
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_a_booking_is_heard_in_the_queue(postgres: Server, tmp_path: Path, moto: str) -> None:
    access = {"AWS_ENDPOINT_URL": moto, "AWS_ACCESS_KEY_ID": "hidden-id", "AWS_SECRET_ACCESS_KEY": "hidden-secret"}
    sqs = boto3.client(
        "sqs", endpoint_url=moto, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    url = sqs.create_queue(QueueName="what-happens.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    with (
        scene(postgres, people=1, slots=1) as made,
        instance(
            made.serving_url, tmp_path, BOOKING_EVENTS_TARGET=QUEUE, BOOKING_LOG_LEVEL="debug", **access
        ) as running,
    ):
        sqs_heard: list[dict[str, object]] = []
        client = Client(lambda: running.address, made.tokens[0])
        booked = client.book(made.slots[0])
        assert booked is not None
        for _ in range(round(PATIENCE)):
            received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
            sqs_heard += [json.loads(message["Body"]) for message in received.get("Messages", [])]
            if any(one["type"] == "booking.confirmed" for one in sqs_heard):
                break
        client.close()
        log = running.log.read_text()
    (confirmed,) = [one for one in sqs_heard if one["type"] == "booking.confirmed"]
    assert confirmed["specversion"] == "1.0"
    assert confirmed["subject"] == booked.booking_id
    assert "hidden" not in log
