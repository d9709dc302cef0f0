"""The target of events at AWS, as the configuration has it."""

import pytest

from booking.config import Settings
from booking.config.events_target import Service, read_events_target
from booking.config.variables import ConfigurationError
from tests.unit.test_config import LEAST

AWS = "must be of sns, events or sqs"


@pytest.mark.parametrize(
    ("arn", "service", "name", "fifo"),
    [
        ("arn:aws:sns:eu-west-1:123456789012:bookings", Service.SNS, "bookings", False),
        ("arn:aws:sns:eu-west-1:123456789012:bookings.fifo", Service.SNS, "bookings.fifo", True),
        ("arn:aws:events:us-east-1:123456789012:event-bus/default", Service.EVENTS, "event-bus/default", False),
        ("arn:aws-cn:sqs:cn-north-1:123456789012:bookings", Service.SQS, "bookings", False),
        ("arn:aws-us-gov:sqs:us-gov-west-1:123456789012:b.fifo", Service.SQS, "b.fifo", True),
    ],
)
def test_a_topic_a_bus_and_a_queue_are_targets(arn: str, service: Service, name: str, *, fifo: bool) -> None:
    target = Settings.read({**LEAST, "BOOKING_EVENTS_TARGET": f" {arn} "}).events_target
    assert target == read_events_target(arn)
    assert (target.service, target.name, target.fifo) == (service, name, fifo)


@pytest.mark.parametrize("nothing", ["", " "])
def test_without_a_target_nothing_is_handed_on(nothing: str) -> None:
    assert Settings.read({**LEAST, "BOOKING_EVENTS_TARGET": nothing}).events_target is None


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/bookings", ["must be an ARN, such as"]),
        ("arn:aws:sns:eu-west-1:123456789012", ["must be an ARN, such as"]),
        ("arn:aws:lambda:eu-west-1:123456789012:function:x", [AWS]),
        ("arn:aws:sns:eu-west-1:123456789012:bookings:6c1f", ["must name a topic"]),
        ("arn:aws:sqs:eu-west-1:123456789012:" + 81 * "q", ["must name a queue"]),
        ("arn:aws:sqs:eu-west-1:123456789012:" + 76 * "q" + ".fifo", ["must name a queue"]),
        ("arn:aws:events:eu-west-1:123456789012:rule/x", ["must name a bus"]),
        ("arn:aws:sns:eu-west-1:123456789012:bookings\n", ["must name a topic"]),
        ("arn:azure:s3:here:12:", ["must name a partition", AWS, "must name a region", "must name an account"]),
    ],
)
def test_every_fault_of_an_arn_is_told(text: str, faults: list[str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings.read({**LEAST, "BOOKING_EVENTS_TARGET": text.replace("\n", "\n.")})
    told = str(refused.value)
    assert [told.count(f"BOOKING_EVENTS_TARGET {fault}") for fault in faults] == [1] * len(faults)
    assert told.count("BOOKING_EVENTS_TARGET") == len(faults)
