"""`booking dev` as CI suites drive it: a seed, the test clock, tokens, and a new database. One instance serves all."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from booking.adapters.tokens.minting import mint
from booking.cli.contents import DevError
from booking.cli.dev import _require_loopback
from tests.commands.processes import booking, until

HOUR = timedelta(hours=1)
HOME, PROPERTY, OTHER, NAMELESS = uuid4(), uuid4(), uuid4(), uuid4()
SECRET = "a suite's own secret, which is long enough for it"
START = (datetime.now(UTC) + timedelta(days=40)).replace(hour=9, minute=0, second=0, microsecond=0)
SEED: dict[str, Any] = {
    "$schema": "../docs/seed.schema.json",
    "now": (START - timedelta(days=30)).isoformat(),
    "organizations": [
        {
            "id": str(HOME),
            "name": "Elm & Oak",
            "time_zone": "Europe/Warsaw",
            "policy": {"hold_seconds": 600},
            "properties": [
                {"id": str(PROPERTY), "label": "Loft", "access_note": "4711", "policy": {"notice_seconds": 86_400}},
                {"id": str(OTHER), "area": "Mitte", "time_zone": "Europe/Berlin"},
                {"id": str(NAMELESS)},
            ],
            "agents": [{"email": "amy@example.com", "name": "Amy Elm", "role": "admin"}, {"email": "max@example.com"}],
            "applicants": [
                {"name": "Ida", "email": "ida@example.com", "phone": "+48501234567", "locale": "pl"},
                {"name": "Udo", "email": "udo@example.com", "risk_level": "HIGH"},
                {"name": "Eva", "email": "eva@example.com"},
            ],
            "slots": [
                {
                    "agent": agent,
                    "property_id": str(property_id),
                    "start_time": (START + timedelta(hours=number)).isoformat(),
                    "end_time": (START + timedelta(hours=number, minutes=30)).isoformat(),
                    "capacity": capacity,
                }
                for number, (agent, property_id, capacity) in enumerate(
                    [("amy@example.com", PROPERTY, 1), ("max@example.com", PROPERTY, 3), ("max@example.com", OTHER, 1)]
                )
            ],
        }
    ],
}


SLOT = SEED["organizations"][0]["slots"][0]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dev") / "instance.json"


@pytest.fixture(scope="module")
def running(file: Path) -> Iterator[None]:
    seed, log = file.with_name("seed.json"), file.with_name("log")
    seed.write_text(json.dumps(SEED), encoding="utf-8")
    words = ("dev", "--port", 0, "--ephemeral", "--no-demo", "--seed", seed, "--jwt-secret", SECRET)
    with booking(*words, "--env-file", file, "--format", "json", "--log-level", "info", "--log-file", log) as process:
        until(file.exists, process)
        yield
        process.terminate()
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
    assert not file.exists()
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {"request"} <= {line["event"] for line in lines}
    assert not [line for line in lines if line["level"] in ("error", "critical")]


@pytest.fixture
def env(running: None, file: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def control(env: dict[str, str]) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {env['ADMIN_TOKEN']}"}
    with httpx.Client(base_url=env["BASE_URL"], headers=headers, timeout=60) as http:
        yield http


def now(control: httpx.Client) -> datetime:
    return moved(control, advance_seconds=0)


def moved(control: httpx.Client, **how: object) -> datetime:
    answer = control.post("/dev/clock", json=how)
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["now"])


def token(control: httpx.Client, **of: object) -> dict[str, str]:
    made = control.post("/dev/token", json=of)
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['token']}"}


def slots(control: httpx.Client, property_id: UUID) -> list[dict[str, Any]]:
    ida = token(control, email="ida@example.com")
    found: list[dict[str, Any]] = control.get(f"/api/v1/properties/{property_id}/slots", headers=ida).json()["slots"]
    return found


def test_a_seed_is_there_as_soon_as_the_file_is(env: dict[str, str], control: httpx.Client) -> None:
    assert env.keys() >= {"BASE_URL", "DATABASE_URL", "SQS_QUEUE_URL", "JWT_SECRET", "ORGANIZATION_ID", "ADMIN_TOKEN"}
    assert not env.keys() & {"AGENT_TOKEN", "APPLICANT_TOKEN", "SLOT_ID", "PROPERTY_ID"}
    assert env["JWT_SECRET"] == SECRET
    assert [(slot["start_time"], slot["capacity"]) for slot in slots(control, PROPERTY)] == [
        ((START + timedelta(hours=number)).isoformat().replace("+00:00", "Z"), capacity)
        for number, capacity in ((0, 1), (1, 3))
    ]
    amy = token(control, email="amy@example.com", role="admin", organization_id=str(HOME))
    assert control.get("/api/v1/policy", headers=amy).json()["policy"]["hold_seconds"] == 600
    of_property = control.get(f"/api/v1/properties/{PROPERTY}/policy", headers=amy).json()
    assert of_property["overrides"]["notice_seconds"] == 86_400
    assert control.get("/api/v1/organization", headers=amy).json()["organization"]["name"] == "Elm & Oak"
    homes = control.get("/api/v1/properties", headers=amy).json()["properties"]
    assert [(one["label"], one["area"], one["has_access_note"]) for one in homes] == [
        ("Loft", None, True),
        (None, "Mitte", False),
        (None, None, False),
    ]
    zones = [slot["property"]["time_zone"] for at in (PROPERTY, OTHER) for slot in slots(control, at)]
    assert zones == ["Europe/Warsaw", "Europe/Warsaw", "Europe/Berlin"]
    agents = control.get("/api/v1/agents", headers=amy).json()["agents"]
    assert [(one["name"], one["email"]) for one in agents] == [
        ("Amy Elm", "amy@example.com"),
        (None, "max@example.com"),
    ]
    contact = control.get("/api/v1/me/contact", headers=token(control, email="ida@example.com")).json()["contact"]
    assert contact == {"phone": "+48501234567", "phone_proved": False, "locale": "pl", "channels": None}
    people = control.get("/api/v1/applicants", headers=amy).json()["applicants"]
    assert sorted((one["name"], one["risk_level"]) for one in people) == [
        ("Eva", "LOW"),
        ("Ida", "LOW"),
        ("Udo", "HIGH"),
    ]


def test_deadlines_and_notice_follow_the_clock_which_goes_forward_only(control: httpx.Client) -> None:
    assert control.post("/dev/reset").status_code == 200
    ida = token(control, email="ida@example.com")
    (first, _), (free,) = slots(control, PROPERTY), slots(control, OTHER)
    held = control.post(f"/api/v1/slots/{free['id']}/holds", headers=ida)
    assert held.status_code == 201
    moved(control, advance_seconds=601)
    wanted = {"slot_id": free["id"], "hold_id": held.json()["hold"]["id"]}
    late = control.post("/api/v1/bookings", headers=ida, json=wanted)
    assert (late.status_code, late.json()["code"]) == (409, "hold_expired")
    eve = START - timedelta(hours=12)
    assert timedelta(0) <= moved(control, now=eve.isoformat()) - eve < timedelta(minutes=1)
    assert slots(control, PROPERTY) == []
    short = control.post("/api/v1/bookings", headers=ida, json={"slot_id": first["id"]})
    assert (short.status_code, short.json()["code"]) == (409, "notice_too_short")
    assert control.post("/api/v1/bookings", headers=ida, json={"slot_id": free["id"]}).status_code == 201
    back = control.post("/dev/clock", json={"now": (START - timedelta(hours=13)).isoformat()})
    assert (back.status_code, back.json()["errors"][0]["pointer"]) == (400, "#/now")
    assert now(control) >= eve


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"now": START.isoformat(), "advance_seconds": 1},
        {"advance_seconds": -1},
        {"advance_seconds": 1.5},
        {"advance_seconds": 10**12},
        {"now": "tomorrow"},
        {"now": "2100-01-01T00:00:00"},
        {"now": "3000-01-01T00:00:00Z"},
        {"now": "9999-12-31T00:00:00Z"},
        {"now": "2020-01-01T00:00:00Z"},
        {"hours": 1},
    ],
)
def test_a_clock_that_is_set_wrongly_stays_as_it_is(control: httpx.Client, body: dict[str, object]) -> None:
    before = now(control)
    refused = control.post("/dev/clock", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    assert timedelta(0) <= now(control) - before < timedelta(minutes=1)


def test_a_suite_with_an_issuer_of_its_own_signs_the_people_of_a_seed_in_by_its_own_logins(
    control: httpx.Client,
) -> None:
    minted = mint(SECRET, subject="a login of theirs", email="eva@example.com", email_verified=True, lifetime=HOUR)
    me = control.get("/api/v1/me", headers={"Authorization": f"Bearer {minted}"})
    assert (me.status_code, [one["eligible"] for one in me.json()["me"]["applicants"]]) == (200, [True])


def test_of_many_who_set_the_clock_ahead_at_once_each_does(control: httpx.Client) -> None:
    before = now(control)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: moved(control, advance_seconds=600), range(8)))
    assert timedelta(minutes=80) <= now(control) - before < timedelta(minutes=85)


def test_tokens_are_made_for_anybody_but_nobody(control: httpx.Client) -> None:
    me = control.get("/api/v1/me", headers=token(control, email="ida@example.com")).json()["me"]
    assert [one["organization_id"] for one in me["applicants"]] == [str(HOME)]
    new = {"subject": "new", "role": "member", "organization_id": str(HOME), "name": "Nia New"}
    made = control.post("/dev/token", json=new).json()
    me = control.get("/api/v1/me", headers={"Authorization": f"Bearer {made['token']}"}).json()["me"]
    assert (made["subject"], me["agent"]["role"], me["profile"]["name"]) == ("new", "member", "Nia New")
    unverified = token(control, email="udo@example.com", email_verified=False, subject="somebody")
    assert control.get("/api/v1/me", headers=unverified).json()["code"] == "not_registered"
    for body, pointer in (
        ({}, "#"),
        ({"role": "owner"}, "#/role"),
        ({"email": "a@example.com", "organization_id": str(HOME)}, "#/organization_id"),
        ({"email": "a@example.com", "lasts_seconds": 0}, "#/lasts_seconds"),
        ({"email": "a@example.com", "name": ""}, "#/name"),
    ):
        refused = control.post("/dev/token", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)


@pytest.mark.parametrize("path", ["/dev/clock", "/dev/token", "/dev/reset"])
def test_only_the_instances_own_admin_controls_it_and_from_this_machine(control: httpx.Client, path: str) -> None:
    applicant = token(control, email="ida@example.com")
    elsewhere = token(control, subject="boss", role="admin", organization_id=str(HOME))
    for headers, status, code in (
        ({"Authorization": ""}, 401, "unauthenticated"),
        (applicant, 403, "wrong_role"),
        (elsewhere, 403, "wrong_role"),
        ({"Host": "evil.example"}, 403, "forbidden"),
        ({"Host": f"127.0.0.1.evil.example:{control.base_url.port}"}, 403, "forbidden"),
    ):
        refused = control.post(path, headers=headers, json={"advance_seconds": 1})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert control.post(path, headers={"Host": f"localhost:{control.base_url.port}"}, content=b"{").status_code == 400
    assert control.get(path).status_code == 405
    assert control.post(path + "s").status_code == 404


def test_the_outbox_opens_without_a_token_on_this_machine_alone(env: dict[str, str]) -> None:
    assert env["OUTBOX_URL"] == f"{env['BASE_URL']}/dev/outbox"
    with httpx.Client(timeout=60) as http:
        assert "<h1>Outbox</h1>" in http.get(env["OUTBOX_URL"]).text
        assert http.get(f"{env['OUTBOX_URL']}.json").json().keys() == {"messages"}
        assert http.get(env["OUTBOX_URL"], headers={"Host": "evil.example:80"}).status_code == 403


def test_a_booking_is_told_of_and_reminded_of_as_the_clock_goes_on(control: httpx.Client, env: dict[str, str]) -> None:
    """The clock stops where a notice is due: however far it goes, none is late."""
    assert control.post("/dev/reset").status_code == 200
    ida = token(control, email="ida@example.com")
    (free,) = slots(control, OTHER)
    assert control.post("/api/v1/bookings", headers=ida, json={"slot_id": free["id"]}).status_code == 201
    start = datetime.fromisoformat(free["start_time"])
    moved(control, now=(start - timedelta(minutes=5)).isoformat())
    sent = control.get(f"{env['OUTBOX_URL']}.json").json()["messages"]
    told = [(one["kind"], one["to"]) for one in reversed(sent) if one["to"] != "max@example.com"]
    assert told == [("confirmed", "ida@example.com"), *[("reminder", "ida@example.com")] * 2]
    assert [one["kind"] for one in reversed(sent) if one["to"] == "max@example.com"] == ["confirmed", "agent_day"]
    reminded = [start - datetime.fromisoformat(one["at"]) for one in sent if one["kind"] == "reminder"]
    assert [round(one / HOUR) for one in reminded] == [2, 24]


def test_a_reset_begins_anew_with_the_seed_on_a_new_database(control: httpx.Client, file: Path) -> None:
    assert control.post("/dev/reset").status_code == 200
    ida = token(control, email="ida@example.com")
    (free,) = slots(control, OTHER)
    booked = control.post("/api/v1/bookings", headers=ida, json={"slot_id": free["id"]})
    assert booked.status_code == 201
    mailed = control.get("/dev/outbox.json?to=ida@example.com&kind=confirmed&wait=20").json()["messages"]
    assert [one["from_name"] for one in mailed] == ["Elm & Oak"]
    moved(control, advance_seconds=86_400)
    answer = control.post("/dev/reset")
    assert answer.json() == {"environment": json.loads(file.read_text(encoding="utf-8"))}
    assert control.get("/health/ready").status_code == 200
    assert control.get("/dev/outbox.json").json() == {"messages": []}
    gone = control.get(booked.headers["Location"], headers=ida)
    assert (gone.status_code, gone.json()["code"]) == (404, "booking_not_found")
    (again,) = slots(control, OTHER)
    assert again["id"] != free["id"]
    assert control.post("/api/v1/bookings", headers=ida, json={"slot_id": again["id"]}).status_code == 201
    assert now(control) - datetime.fromisoformat(SEED["now"]) < timedelta(minutes=10)
    refused = control.post("/dev/reset", json={"now": 1})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ("{", "no seed: Input data was truncated"),
        ('{"organisations": []}', "unknown field `organisations`"),
        ('{"organizations": [{"agents": [{"email": 1}]}]}', "at `$.organizations[0].agents[0].email`"),
        (
            json.dumps({"organizations": [{"slots": [{**SLOT, "agent": "a@b.example"}]}]}),
            "a@b.example has a slot, and is none of the agents - at `$.organizations[0]`",
        ),
        ('{"organizations": [{"policy": {}}]}', "none of its agents is an admin"),
        ('{"organizations": [{"name": "Elm"}]}', "none of its agents is an admin"),
        (json.dumps({"organizations": [{"properties": [{"id": str(UUID(int=7))}]}]}), "no agent who could name them"),
        (
            json.dumps(
                {"organizations": [{"time_zone": "Mars", "agents": [{"email": "a@b.example", "role": "admin"}]}]}
            ),
            "Mars is no time zone",
        ),
    ],
)
def test_a_seed_that_is_none_is_told_before_anything_starts(tmp_path: Path, seed: str, said: str) -> None:
    file = tmp_path / "seed.json"
    file.write_text(seed, encoding="utf-8")
    with booking("dev", "--port", 0, "--data-dir", tmp_path / "data", "--seed", file) as refused:
        _, err = refused.communicate(timeout=30)
    assert (refused.returncode, len(err.splitlines())) == (1, 1)
    assert said in err
    assert not (tmp_path / "data").exists()


def test_a_seed_of_the_past_is_told_by_its_place(tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text('{"now": "2020-01-01T00:00:00Z"}', encoding="utf-8")
    with booking("dev", "--port", 0, "--ephemeral", "--no-demo", "--seed", file) as refused:
        _, err = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert err.splitlines()[-1].startswith("booking: the seed is refused: `$.now` is past: the clock goes forward only")


def test_a_seed_that_the_service_refuses_is_told_by_its_place(tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    double = {**SEED["organizations"][0], "slots": SEED["organizations"][0]["slots"][:1] * 2}
    file.write_text(json.dumps({"organizations": [double]}), encoding="utf-8")
    with booking("dev", "--port", 0, "--ephemeral", "--no-demo", "--seed", file) as refused:
        _, err = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert "the seed is refused: slot_overlap" in err.splitlines()[-1]
    assert "`its slots[1]`, `$.organizations[0]`" in err.splitlines()[-1]


def test_an_address_that_others_can_reach_has_to_be_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost"):
        assert not _require_loopback(host)
    for host in ("0.0.0.0", "::", "192.0.2.1", socket.gethostname() + ".example"):
        with pytest.raises(DevError, match="BOOKING_DEV_EXPOSE=1"):
            _require_loopback(host)
    monkeypatch.setenv("BOOKING_DEV_EXPOSE", "1")
    assert _require_loopback("0.0.0.0")
