"""Reports of SES over HTTP: signed by SNS for the one topic, and of no effect otherwise."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as elliptic_key

from booking.config import InboundSettings, Settings
from booking.config.events_target import read_events_target
from booking.config.variables import ConfigurationError
from booking.domain.notices.attempt import NoticeEnd
from booking.domain.notices.notice import NoticeKind, NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import Report
from booking.domain.people.contact import Channel
from booking.domain.refusals import SignatureInvalid
from booking.entrypoints.http.inbound import sns_topic
from booking.entrypoints.http.inbound.sns_topic import SnsTopic
from booking.entrypoints.messages import ses_reports
from tests.fakes.reports import MemoryReports
from tests.support import stores
from tests.support.messages import counted
from tests.support.office import Office
from tests.support.sns import (
    CERTIFICATE,
    DAY,
    HOST,
    SUBSCRIBE,
    TOPIC,
    Sns,
    certificate,
    changed,
    confirmation,
    event,
    posted,
)
from tests.unit.test_config import LEAST

PATH = "/api/v1/inbound/deliveries/ses"
REFERENCE = Reference(organization_id=uuid4(), notice_id=uuid4())


class Heard:
    """Store of reports that keeps what it is given."""

    def __init__(self) -> None:
        self.reports: list[Report] = []

    async def save(self, report: Report) -> NoticeEnd | None:
        new = report not in self.reports
        self.reports.append(report)
        return NoticeEnd(kind=NoticeKind.REMINDER, channel=Channel.EMAIL, state=report.state) if new else None


class Door:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
        self.sns, self.heard = Sns(), Heard()
        monkeypatch.setattr(stores, "OUTGOING", self.sns)
        monkeypatch.setattr(MemoryReports, "save", lambda _, report: self.heard.save(report))
        self.office = Office(inbound=InboundSettings(ses_topic=read_events_target(TOPIC), **settings))

    async def post(self, body: bytes, **more: Any) -> httpx.Response:
        async with self.office.client() as http:
            return await http.post(PATH, content=body, headers={"Content-Type": "text/plain; charset=UTF-8"}, **more)

    async def told(self, body: bytes) -> tuple[int, str, str]:
        answer = await self.post(body)
        problem = answer.json() if answer.content else {}
        return answer.status_code, problem.get("code", ""), problem.get("detail", "")


@pytest.fixture
def sns() -> Sns:
    return Sns()


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


def report(state: NoticeState, reason: str | None = None, suppresses: Sequence[str] = ()) -> Report:
    return Report(reference=REFERENCE, state=state, reason=reason, suppresses=suppresses)


async def test_a_signed_report_is_heard(door: Door) -> None:
    for version in ("1", "2"):
        answer = await door.post(posted(event("Delivery", REFERENCE), version=version))
        assert (answer.status_code, answer.content) == (204, b"")
    assert door.heard.reports == [report(NoticeState.DELIVERED)] * 2


async def test_a_subject_is_signed_too_and_the_certificate_is_fetched_once(door: Door) -> None:
    body = posted(event("Delivery", REFERENCE), Subject="Amazon SES Email Event Notification")
    assert [(await door.post(body)).status_code for _ in range(3)] == [204] * 3
    assert door.sns.asked == [CERTIFICATE]


async def test_a_subscription_confirms_itself_at_sns(door: Door) -> None:
    assert (await door.post(confirmation())).status_code == 204
    assert door.sns.asked == [CERTIFICATE, SUBSCRIBE]
    assert (await door.post(confirmation(Type="UnsubscribeConfirmation"))).status_code == 204
    assert door.sns.asked == [CERTIFICATE, SUBSCRIBE]
    assert door.heard.reports == []


NO_TOPIC = "this is not the topic that is configured here"
NO_HOST = "the signature is of no version of SNS, or its certificate not of SNS's host"
NO_SNS = "this is no message of SNS"
NO_FIT = "the signature does not fit"
BODY = posted(event("Delivery", REFERENCE))


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", NO_SNS),
        (b"{", NO_SNS),
        (b"\xff", NO_SNS),
        (b"[]", NO_SNS),
        (b"{}", NO_SNS),
        (b'{"a":' + b"[" * 5_000, NO_SNS),
        (changed(BODY, Type="Other"), NO_SNS),
        (changed(BODY, Signature="!"), NO_SNS),
        (changed(BODY, Signature=""), NO_FIT),
        (changed(BODY, Signature="eA=="), NO_FIT),
        (changed(BODY, Message=event("Bounce", REFERENCE)), NO_FIT),
        (changed(BODY, Subject="added"), NO_FIT),
        (changed(BODY, SignatureVersion="1"), NO_FIT),
        (changed(BODY, SignatureVersion="3"), NO_HOST),
        (posted(event("Delivery", REFERENCE), TopicArn=TOPIC + "-2"), NO_TOPIC),
        (changed(BODY, SigningCertURL=CERTIFICATE.replace("https", "http")), NO_HOST),
        (changed(BODY, SigningCertURL=CERTIFICATE.replace("eu-west-1", "eu-west-2")), NO_HOST),
        (changed(BODY, SigningCertURL=CERTIFICATE.replace("sns.", "evil.")), NO_HOST),
        (changed(BODY, SigningCertURL=CERTIFICATE.replace(".com/", ".com.evil.example/")), NO_HOST),
        (changed(BODY, SigningCertURL=CERTIFICATE.replace(".com/", ".com@evil.example/")), NO_HOST),
        (changed(BODY, SigningCertURL=CERTIFICATE + "?x"), NO_HOST),
        (changed(BODY, SigningCertURL=f"{HOST}/../SimpleNotificationService-1.pem"), NO_HOST),
        (changed(confirmation(), Token="other"), NO_FIT),
        (changed(confirmation(), SubscribeURL=f"{HOST}/?other"), NO_FIT),
    ],
    ids=range(24),
)
async def test_what_sns_has_not_signed_for_this_topic_is_refused(sns: Sns, body: bytes, detail: str) -> None:
    with pytest.raises(SignatureInvalid) as told:
        await SnsTopic(read_events_target(TOPIC), sns.fetch).read((), body)
    assert told.value.detail == detail
    assert set(sns.asked) <= {CERTIFICATE}


async def test_a_subscription_is_confirmed_nowhere_else(sns: Sns) -> None:
    body = confirmation(SubscribeURL="https://evil.example/?Action=ConfirmSubscription")
    with pytest.raises(SignatureInvalid, match="is not to be confirmed"):
        await SnsTopic(read_events_target(TOPIC), sns.fetch).read((), body)
    assert sns.asked == [CERTIFICATE]


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (b"", "the certificate cannot be read"),
        (certificate(until=-DAY / 2), "the certificate is not valid now"),
        (certificate(since=DAY / 2), "the certificate is not valid now"),
        (certificate(key=elliptic_key(SECP256R1())), "the certificate has no RSA key"),
    ],
    ids=["nothing", "over", "early", "elliptic"],
)
async def test_a_certificate_that_is_none_now_is_of_no_use(sns: Sns, found: bytes, detail: str) -> None:
    sns.found[CERTIFICATE] = found
    topic = SnsTopic(read_events_target(TOPIC), sns.fetch)
    with pytest.raises(SignatureInvalid) as told:
        await topic.read((), BODY)
    assert told.value.detail == detail
    sns.found[CERTIFICATE] = certificate()
    assert await topic.read((), BODY) == event("Delivery", REFERENCE)


async def test_where_sns_cannot_be_asked_it_is_to_send_again(door: Door) -> None:
    door.sns.found.clear()
    assert (await door.told(BODY))[:2] == (503, "unavailable")
    door.sns.found[CERTIFICATE] = certificate()
    assert (await door.told(confirmation()))[:2] == (503, "unavailable")


async def test_few_certificates_are_kept(sns: Sns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sns_topic, "MOST", 1)
    other, topic = f"{HOST}/SimpleNotificationService-2.pem", SnsTopic(read_events_target(TOPIC), sns.fetch)
    sns.found[other] = certificate()
    for url in (CERTIFICATE, other, CERTIFICATE):
        assert await topic.read((), changed(BODY, SigningCertURL=url)) is not None
    assert sns.asked == [CERTIFICATE, other, CERTIFICATE]


async def test_without_a_topic_nothing_is_taken_in() -> None:
    async with Office().client() as http:
        answer = await http.post(PATH, content=BODY)
    assert (answer.status_code, answer.json()["code"]) == (404, "inbound_not_configured")
    assert answer.json()["detail"] == "ask its operator for BOOKING_SES_TOPIC"


async def test_bodies_addresses_and_parameters_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(monkeypatch, address_limit=2)
    assert (await door.post(BODY, params={"x": "1"})).json()["code"] == "invalid_request"
    assert [(await door.told(body))[:2] for body in (b"x" * 70_000, b"{", b"{")] == [
        (413, "body_too_large"),
        (401, "signature_invalid"),
        (429, "rate_limited"),
    ]


MINE = ["ada@example.com"]


@pytest.mark.parametrize(
    ("kind", "more", "heard"),
    [
        ("Send", {}, report(NoticeState.SENT)),
        ("Delivery", {"recipients": MINE}, report(NoticeState.DELIVERED)),
        ("Reject", {"reason": "Bad content"}, report(NoticeState.FAILED, "message_refused")),
        ("Bounce", {"bounceType": "Permanent"}, report(NoticeState.BOUNCED, "address_refused", MINE)),
        ("Bounce", {"bounceType": "Transient"}, report(NoticeState.BOUNCED, "not_delivered")),
        ("Bounce", {"bounceType": "Undetermined"}, report(NoticeState.BOUNCED, "not_delivered")),
        ("Complaint", {}, report(NoticeState.COMPLAINED, None, MINE)),
        ("Complaint", {"complaintFeedbackType": "abuse"}, report(NoticeState.COMPLAINED, None, MINE)),
        ("Complaint", {"complaintFeedbackType": "not-spam"}, None),
        ("DeliveryDelay", {}, None),
        ("Open", {}, None),
    ],
    ids=range(11),
)
def test_each_event_is_a_state(kind: str, more: dict[str, Any], heard: Report | None) -> None:
    assert ses_reports.decode(event(kind, REFERENCE, **more)) == heard


def test_an_address_is_suppressed_as_it_was_sent_to_and_as_it_is_written() -> None:
    heard = ses_reports.decode(event("Complaint", REFERENCE, "ida@xn--exmple-cua.org"))
    assert heard is not None
    assert heard.suppresses == ["ida@exämple.org", "ida@xn--exmple-cua.org"]
    odd = ses_reports.decode(event("Complaint", REFERENCE, "ida@xn--.org"))
    assert odd is not None
    assert odd.suppresses == ["ida@xn--.org"]


NOT_OURS = [
    "Successfully validated SNS topic for Amazon SES event publishing.",
    "{}",
    json.dumps({"notificationType": "Bounce", "mail": {}}),
    json.dumps({"eventType": "Delivery", "mail": {}}),
    event("Delivery", "of another service"),
    event("Delivery", f"{UUID(int=1)}"),
    event("Complaint", REFERENCE, "ida\0@example.org"),
    '{"a":' + "[" * 5_000,
]


async def test_what_is_no_report_of_ours_is_acknowledged(door: Door) -> None:
    assert [(await door.post(posted(text))).status_code for text in NOT_OURS] == [204] * 8
    assert door.heard.reports == []


async def test_reports_are_counted_by_what_came_of_them(door: Door) -> None:
    before = counted("ses")
    delivered = posted(event("Delivery", REFERENCE))
    for body in (delivered, delivered, posted("{}"), confirmation(), b"{}"):
        await door.post(body)
    assert counted("ses") - before == {"registered": 1, "repeated": 1, "unknown": 2, "refused": 1}


def test_a_topic_is_named_by_its_arn() -> None:
    assert Settings.read(LEAST | {"BOOKING_SES_TOPIC": TOPIC}).inbound.ses_topic == read_events_target(TOPIC)
    for other in ("hidden", TOPIC.replace("sns", "sqs")):
        with pytest.raises(ConfigurationError, match="BOOKING_SES_TOPIC") as told:
            Settings.read(LEAST | {"BOOKING_SES_TOPIC": other})
        assert "hidden" not in str(told.value)


async def test_in_china_the_host_is_chinas(sns: Sns) -> None:
    arn = "arn:aws-cn:sns:cn-north-1:123456789012:booking-mail"
    url = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem"
    sns.found[url] = certificate()
    topic = SnsTopic(read_events_target(arn), sns.fetch)
    assert await topic.read((), changed(posted("hello", TopicArn=arn), SigningCertURL=url)) == "hello"
