"""Nothing personal leaves the process but to whom it belongs: canaries, looked for in all that comes out."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx

from tests.commands.processes import booking, read_env, until
from tests.e2e.driver import Caller, Instance, Organization, eventually, tomorrow

NAME, NOTES, REASON, COMMENT = "Canary-Name", "canary-notes", "canary-reason", "canary-comment"
EMAIL = "canary-email@example.com"
PHONE, POISON = "+4915155512345", "canary-poison"
CANARIES = (NAME, NOTES, REASON, COMMENT, EMAIL, PHONE, POISON)


def test_no_name_no_email_no_note_and_no_token_is_logged_or_told_to_others(tmp_path: Path) -> None:
    env_file = tmp_path / "env"
    words = ("dev", "--ephemeral", "--port", 0, "--env-file", env_file, "--log-level", "debug")
    with (tmp_path / "log").open("w") as log, booking(*words, log=log) as process:
        until(env_file.exists, process)
        env = read_env(env_file)
        with httpx.Client(base_url=env["BASE_URL"], timeout=30) as http:
            running = Instance(env, http)
            agency = running.organization()
            tokens = live(running, agency)
            admin = agency.admin()
            audit = eventually(lambda: told if "feedback" in (told := admin.get("/api/v1/audit").text) else None)
            running.sqs.close()
        process.terminate()
        process.wait(60)
    logged = (tmp_path / "log").read_text(encoding="utf-8")
    assert "booking.confirmed" in logged
    assert [canary for canary in (*CANARIES, *tokens, env["JWT_SECRET"]) if canary in logged] == []
    assert [canary for canary in CANARIES if canary in audit] == []


def live(running: Instance, agency: Organization) -> list[str]:
    """Everything that takes a text, in good and in bad order; gives the tokens that came with it."""
    running.send(
        agency.screened(email=EMAIL, name=NAME, phone=PHONE),
        agency.screened(email=POISON, name=NAME, phone=[PHONE]),
        agency.screened(applicant_id=POISON, phone=PHONE),
    )
    person = agency.caller(running.token(email=EMAIL))
    eventually(lambda: person.get("/api/v1/me").status_code == 200 or None)
    agent, other = agency.agent(), agency.applicant()
    first, second = [agent.offer(tomorrow(hour), uuid4()).json()["slot"]["id"] for hour in (0, 2)]
    seen_by_others = [person.book(first, notes=NOTES)]
    booked = seen_by_others[0].headers["Location"]
    assert NAME in agent.get(booked).text, "her agent sees who comes"
    told = [
        other.book(first, notes=NOTES),
        other.get(booked),
        other.get(f"/api/v1/slots/{first}"),
        person.book(first, notes=NOTES * 1000),
        person.post("/api/v1/bookings", {"slot_id": POISON, "notes": 7, "more": NAME}),
        person.request("POST", "/api/v1/bookings", content=f'{{"slot_id": "{POISON}'),
        person.request("POST", f"/api/v1/slots/{second}/holds", headers={"Idempotency-Key": f"{POISON},"}),
        Caller(f"{person.token}x", running.http).get("/api/v1/me"),
        agency.agent().delete(f"/api/v1/slots/{second}?reason={REASON}"),
    ]
    for answer in told:
        body = json.dumps({**answer.json(), "instance": ""}) if answer.content else ""
        assert [canary for canary in CANARIES if canary in body] == []
    visit(agency, person)
    assert person.delete(f"{booked}?reason={REASON}").status_code == 204
    return [person.token, agent.token, other.token]


def visit(agency: Organization, person: Caller) -> None:
    """One that takes place, and is rated with a comment."""
    agent = agency.agent()
    slot = agent.offer(datetime.now(UTC) + timedelta(seconds=1.5), uuid4()).json()["slot"]["id"]
    booking = person.book(slot).headers["Location"]
    eventually(lambda: agent.post(f"{booking}/outcome", {"outcome": "attended"}).status_code == 200 or None)
    assert person.post(f"{booking}/feedback", {"rating": 4, "comment": COMMENT}).status_code == 201
