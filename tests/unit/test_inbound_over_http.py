"""Signed messages over HTTP: how they are known, what they may do, and how each is refused."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from booking.config import InboundSettings
from booking.config.proxies import read_network
from booking.config.senders import Sender, read_sender
from booking.domain.paging import Paging
from booking.domain.people.applicant import Applicant
from booking.domain.refusals import SignatureInvalid
from booking.entrypoints.http.inbound.standard_webhooks import StandardWebhooks
from tests.support.messages import PATH, SECRET, body_of, counted, event, signed
from tests.support.office import HOME, Office

PARTNER = Sender("partner", (SECRET,))
BOUND = Sender("bound", (b"b" * 32,), HOME)


def office_of(*senders: Sender, **settings: Any) -> Office:
    return Office(inbound=InboundSettings(senders=senders or (PARTNER, BOUND), **settings))


async def posted(office: Office, body: bytes, headers: dict[str, str]) -> httpx.Response:
    async with office.client() as http:
        return await http.post(PATH, content=body, headers=headers)


async def known(office: Office, organization_id: UUID = HOME) -> list[Applicant]:
    page = await office.store.applicants.of_organization(
        organization_id, q=None, eligible=None, paging=Paging(after=None, limit=9)
    )
    return list(page.items)


def code(answer: httpx.Response) -> tuple[int, str]:
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == problem["request_id"]
    return answer.status_code, problem["code"]


@pytest.mark.parametrize("family", ["webhook", "svix"])
async def test_a_signed_screening_registers_an_applicant_and_is_answered_with_nothing(family: str) -> None:
    office, body = office_of(), body_of(HOME, email="ada@example.com")
    answer = await posted(office, body, signed(body, family=family))
    assert (answer.status_code, answer.content) == (204, b"")
    assert [one.email for one in await known(office)] == ["ada@example.com"]


async def test_a_screening_counts_from_the_time_that_the_signature_covers() -> None:
    office, body = office_of(), body_of(HOME)
    minute = int(office.store.now.__self__.clock().timestamp())  # type: ignore[attr-defined]
    await posted(office, body, signed(body, at=minute - 100))
    assert [one.screened_at for one in await known(office)] == [datetime.fromtimestamp(minute - 100, UTC)]


async def test_a_repeated_id_is_answered_as_the_first_and_has_no_second_effect() -> None:
    office, person = office_of(), str(uuid4())
    first, second = (body_of(HOME, applicant_id=person, risk_level=level) for level in ("LOW", "HIGH"))
    answers = [await posted(office, body, signed(body, id="msg_1")) for body in (first, first, second)]
    assert [(one.status_code, one.content) for one in answers] == [(204, b"")] * 3
    assert [one.risk_level for one in await known(office)] == ["LOW"]


async def test_an_event_of_another_type_is_acknowledged() -> None:
    office, body = office_of(), body_of(HOME, event_type="APPLICANT_WITHDRAWN")
    with capture_logs() as lines:
        answer = await posted(office, body, signed(body, id="msg_1"))
    assert (answer.status_code, await known(office)) == (204, [])
    assert {"event": "screening unknown", "log_level": "info", "message_id": "msg_1", "sender": "partner"} in lines


async def test_what_sns_wraps_is_a_screening_too() -> None:
    office = office_of()
    body = json.dumps({"Type": "Notification", "Message": json.dumps(event(HOME))}).encode()
    assert (await posted(office, body, signed(body))).status_code == 204
    assert len(await known(office)) == 1


async def test_two_secrets_of_one_sender_hold_at_once_and_share_their_ids() -> None:
    office, body = office_of(Sender("partner", (b"n" * 32, SECRET))), body_of(HOME)
    for secret in (SECRET, b"n" * 32):
        assert (await posted(office, body, signed(body, id="msg_1", secret=secret))).status_code == 204
    assert len(await known(office)) == 1


async def test_one_of_several_signatures_is_enough() -> None:
    office, body = office_of(), body_of(HOME)
    headers = signed(body)
    headers["webhook-signature"] = f"v1a,xyz v1,{b64encode(b'x' * 32).decode()} {headers['webhook-signature']}"
    assert (await posted(office, body, headers)).status_code == 204


async def test_a_sender_of_one_organization_speaks_for_no_other() -> None:
    office, other = office_of(), uuid4()
    body, own = body_of(other), body_of(HOME)
    refused = await posted(office, body, signed(body, secret=b"b" * 32))
    assert code(refused) == (403, "wrong_organization")
    assert await known(office, other) == []
    assert (await posted(office, own, signed(own, secret=b"b" * 32))).status_code == 204


async def test_without_senders_nothing_is_taken_in() -> None:
    body = body_of(HOME)
    assert code(await posted(Office(), body, signed(body))) == (404, "inbound_not_configured")


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"webhook-signature": "v1,"}, "no signature fits"),
        ({"webhook-signature": ""}, "no signature fits"),
        ({"webhook-signature": "nonsense"}, "no signature fits"),
        ({"webhook-id": "msg.1"}, "the id or the timestamp is ill-formed"),
        ({"webhook-timestamp": "1700000000.5"}, "the id or the timestamp is ill-formed"),
        ({"webhook-timestamp": "1700000000"}, "the timestamp is more than five minutes from now"),
    ],
)
async def test_what_is_not_signed_rightly_is_not_decoded(changes: dict[str, str], detail: str) -> None:
    office, body = office_of(), b"{"
    answer = await posted(office, body, signed(body) | changes)
    assert code(answer) == (401, "signature_invalid")
    assert answer.json()["detail"] == detail
    assert answer.headers["www-authenticate"] == "Webhook-Signature"


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_each_header_is_needed_once(missing: str) -> None:
    office, body = office_of(), body_of(HOME)
    headers = signed(body)
    twice = [*headers.items(), (missing, headers[missing])]
    async with office.client() as http:
        doubled = await http.post(PATH, content=body, headers=twice)
    del headers[missing]
    assert {code(await posted(office, body, headers)), code(doubled)} == {(401, "signature_invalid")}
    assert await known(office) == []


async def test_a_bearer_token_is_no_signature() -> None:
    office = office_of()
    answer = await posted(office, body_of(HOME), {"Authorization": f"Bearer {office.token()}"})
    assert code(answer) == (401, "signature_invalid")


@pytest.mark.parametrize(
    ("away", "accepted"), [(-301, False), (-300, True), (0, True), (300, True), (301, False), (10**9, False)]
)
def test_a_timestamp_is_within_five_minutes(away: int, accepted: bool) -> None:
    verifier, body, now = StandardWebhooks([PARTNER], lambda: 1_700_000_000.0), b"{}", 1_700_000_000
    headers = [(name.encode(), value.encode()) for name, value in signed(body, at=now + away).items()]
    if accepted:
        assert verifier.verify(headers, body).sent_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC) + timedelta(
            seconds=away
        )
    else:
        with pytest.raises(SignatureInvalid):
            verifier.verify(headers, body)


def test_the_example_of_standard_webhooks_is_accepted() -> None:
    """As `standardwebhooks` 1.1.0 signs it."""
    secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    verifier = StandardWebhooks([read_sender(f"them=whsec_{secret}")], lambda: 1_614_265_330.0)
    headers = [
        (b"webhook-id", b"msg_p5jXN8AQM9LWM0D4loKWxJek"),
        (b"webhook-timestamp", b"1614265330"),
        (b"webhook-signature", b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ]
    assert verifier.verify(headers, b'{"test": 2432232314}').message == ("them", "msg_p5jXN8AQM9LWM0D4loKWxJek")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (b"{", "malformed_body"),
        (b"\xff", "malformed_body"),
        (b"[]", "malformed_body"),
        (b"", "malformed_body"),
        (b"[" * 30_000, "malformed_body"),
        (b"{}", [("#/event_type", "required")]),
        (b'{"event_type": "APPLICANT_SCREENED"}', [("#/applicant_id", "required")]),
        ({"risk_level": "SOME"}, [("#/risk_level", "not_one_of")]),
        ({"risk_level": 1}, [("#/risk_level", "wrong_type")]),
        ({"applicant_id": "42"}, [("#/applicant_id", "wrong_format")]),
        ({"screened_at": "2026-13-01T00:00:00Z"}, [("#/screened_at", "wrong_format")]),
        ({"screened_at": "2026-02-30T00:00:00Z"}, [("#/screened_at", "wrong_format")]),
    ],
)
async def test_a_signed_body_that_is_malformed_is_refused_with_its_fault(
    given: bytes | dict[str, Any], found: Any
) -> None:
    office = office_of()
    body = given if isinstance(given, bytes) else body_of(HOME, **given)
    answer = await posted(office, body, signed(body, id="msg_1"))
    problem = answer.json()
    assert answer.status_code == 400
    if isinstance(found, str):
        assert problem["code"] == found
    else:
        assert [(one["pointer"], one["code"]) for one in problem["errors"]] == found
    right = body_of(HOME)
    assert (await posted(office, right, signed(right, id="msg_1"))).status_code == 204, "its id is not used up"


async def test_a_body_is_at_most_64_kib() -> None:
    office = office_of()
    body = body_of(HOME, more="x" * 65_536)
    assert code(await posted(office, body, signed(body))) == (413, "body_too_large")
    body = body_of(HOME, more="x" * 65_000)
    assert (await posted(office, body, signed(body))).status_code == 204


async def test_messages_are_counted_by_their_senders_and_what_came_of_them() -> None:
    office, names = office_of(), ("partner", "bound", "unknown")
    before = [counted(one) for one in names]
    for body in (body_of(HOME), body_of(HOME, event_type="APPLICANT_WITHDRAWN"), b"{}"):
        await posted(office, body, signed(body))
    other = body_of(uuid4())
    await posted(office, other, signed(other, secret=b"b" * 32))
    await posted(office, other, signed(other, secret=b"c" * 32))
    assert [counted(one) - was for one, was in zip(names, before, strict=True)] == [
        {"registered": 1, "unknown": 1, "malformed": 1},
        {"refused": 1},
        {"refused": 1},
    ]


async def test_there_are_no_parameters() -> None:
    office, body = office_of(), body_of(HOME)
    async with office.client() as http:
        answer = await http.post(PATH, params={"as": "admin"}, content=body, headers=signed(body))
        assert code(answer) == (400, "invalid_request")
        assert (await http.get(PATH)).headers["allow"] == "OPTIONS, POST"


async def test_an_address_has_a_limit_that_comes_before_the_signature() -> None:
    office = office_of(address_limit=2, trusted_proxies=(read_network("127.0.0.1"),))
    body = body_of(HOME)

    async def asked(forwarded: str) -> int:
        return (await posted(office, body, {"X-Forwarded-For": forwarded})).status_code

    assert [await asked("192.0.2.1") for _ in range(3)] == [401, 401, 429]
    assert await asked("192.0.2.2") == 401
    limited = await posted(office, body, {"X-Forwarded-For": "192.0.2.9, 192.0.2.1"})
    assert code(limited) == (429, "rate_limited")
    assert 1 <= int(limited.headers["retry-after"]) <= 60


async def test_nobody_else_says_whose_address_it_is() -> None:
    office, body = office_of(address_limit=2), body_of(HOME)
    asked = [await posted(office, body, {"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(3)]
    assert [one.status_code for one in asked] == [401, 401, 429]


async def test_no_secret_and_no_body_is_logged() -> None:
    office, body = office_of(), body_of(HOME, email="ada@example.com")
    headers = signed(body)
    with capture_logs() as lines:
        await posted(office, body, headers)
        await posted(office, body, headers | {"webhook-id": "other"})
    said = repr(lines) + repr(PARTNER)
    for secret in ("ada@example.com", headers["webhook-signature"], repr(SECRET)):
        assert secret not in said
