"""Target of all events at AWS: an SNS topic, an EventBridge bus or an SQS queue, named by its ARN."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

PARTS = 6  # of an ARN; the last one may have colons of its own


class Service(StrEnum):
    """Services by their names in an ARN."""

    SNS = "sns"
    EVENTS = "events"
    SQS = "sqs"


NAMES = {
    Service.SNS: (r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo", "a topic, such as bookings or bookings.fifo"),
    Service.EVENTS: (r"event-bus/[A-Za-z0-9/._-]{1,256}", "a bus, such as event-bus/bookings"),
    Service.SQS: (r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", "a queue, such as bookings or bookings.fifo"),
}


class InvalidTarget(ValueError):
    """The text names no target; says all that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class EventsTarget:
    arn: str
    service: Service
    region: str
    account: str
    name: str

    @property
    def fifo(self) -> bool:
        return self.name.endswith(".fifo")


def read_events_target(text: str) -> EventsTarget:
    """Return the target that an ARN names; InvalidTarget."""
    parts = text.split(":", PARTS - 1)
    if len(parts) < PARTS or parts[0] != "arn":
        raise InvalidTarget(["must be an ARN, such as arn:aws:sns:eu-west-1:123456789012:bookings"])
    _, partition, service, region, account, name = parts
    faults = []
    if not re.fullmatch(r"aws(-[a-z]+)*", partition):
        faults.append("must name a partition of AWS, such as aws")
    if service not in list(Service):
        faults.append("must be of sns, events or sqs")
    elif not re.fullmatch(NAMES[Service(service)][0], name):
        faults.append(f"must name {NAMES[Service(service)][1]}")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d+", region):
        faults.append("must name a region, such as eu-west-1")
    if not re.fullmatch(r"[0-9]{12}", account):
        faults.append("must name an account by twelve digits")
    if faults:
        raise InvalidTarget(faults)
    return EventsTarget(text, Service(service), region, account, name)
