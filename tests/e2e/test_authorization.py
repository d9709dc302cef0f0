"""Who may do what with whose: every principal at every endpoint, as docs/security.md has it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking import files
from booking.adapters.tokens.minting import mint
from tests.e2e.driver import Caller, Instance, Organization, eventually, tomorrow

TEXT = files.path("docs/security.md").read_text(encoding="utf-8")


def table() -> Mapping[str, Mapping[str, str]]:
    lines = [line for line in TEXT.splitlines() if line.startswith("| ")]
    header, *rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return {row[0].strip("`"): dict(zip(header[1:], row[1:], strict=True)) for row in rows}


TABLE = table()
BLOCK = {"from": "2090-12-24T12:00:00Z", "to": "2090-12-27T12:00:00Z", "reason": "Christmas"}
ABSENCE = {"from": "2090-12-24T12:00:00Z", "to": "2090-12-27T12:00:00Z", "hand_over": "any"}
CALENDAR = {"url": "https://calendar.example.invalid/basic.ics"}
PRINCIPALS = (
    "nobody",
    "expired",
    "unlinked",
    "stranger",
    "applicant",
    "other applicant",
    "ineligible",
    "agent",
    "colleague",
    "admin",
)


NOVEMBER = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
RULES = {"max_live_holds": 100}  # for one applicant holds a place in each scene


@dataclass
class Scene:
    """An agency where the applicant has booked `slot`; `free` is open, as long as nothing is `changed`."""

    agency: Organization
    callers: Mapping[str, Caller]
    slot: str
    free: str
    booking: str
    property_id: str
    agent: str
    changed: bool = False


@pytest.fixture(scope="module")
def people(instance: Instance) -> tuple[Organization, dict[str, Caller]]:
    agency = instance.organization()
    applicant, other = agency.applicants([f"{uuid4()}@example.com" for _ in range(2)])
    assert agency.admin().request("PUT", "/api/v1/policy", json=RULES).status_code == 200
    return agency, {
        "nobody": Caller("", instance.http),
        "expired": Caller(_expired(instance), instance.http),
        "unlinked": Caller(instance.token(email=f"{uuid4()}@example.com"), instance.http),
        "stranger": instance.organization().admin(),
        "applicant": applicant,
        "other applicant": other,
        "ineligible": _kept_out(instance, agency),
        "agent": agency.agent(),
        "colleague": agency.agent(),
        "admin": agency.admin(),
    }


def _kept_out(instance: Instance, agency: Organization) -> Caller:
    """Let in first, and kept out by a newer screening."""
    email, external_id = f"{uuid4()}@example.com", str(uuid4())
    instance.send(agency.screened(email=email, applicant_id=external_id))
    caller = agency.caller(instance.token(email=email))
    eventually(lambda: caller.get("/api/v1/me").status_code == 200 or None)
    instance.send(agency.screened(email=email, applicant_id=external_id, risk_level="HIGH"))
    eventually(lambda: caller.get("/api/v1/me").json()["me"]["applicants"][0]["eligible"] is False or None)
    return caller


def _expired(instance: Instance) -> str:
    return mint(
        instance.env["JWT_SECRET"],
        subject="late",
        email=None,
        email_verified=False,
        lifetime=timedelta(hours=-1),
        agency=None,
    )


HOUR = timedelta(hours=1)
WATCH = {"from": "2026-01-01T00:00:00Z", "to": "2126-01-01T00:00:00Z"}
HOOK = {"url": "https://hooks.example.com/"}
_hours = iter(range(10_000))


def scene(people: tuple[Organization, dict[str, Caller]]) -> Scene:
    agency, callers = people
    property_id = str(uuid4())
    ids = []
    agent = callers["agent"].get("/api/v1/me").json()["me"]["agent"]["id"]
    for _ in range(2):
        offered = callers["agent"].offer(tomorrow(next(_hours)), property_id, minutes=60)
        assert offered.status_code == 201, offered.text
        ids.append(offered.json()["slot"]["id"])
    booked = callers["applicant"].book(ids[0])
    assert booked.status_code == 201, booked.text
    return Scene(agency, callers, ids[0], ids[1], booked.json()["booking"]["id"], property_id, agent)


Ask = Callable[[Scene, Caller], httpx.Response]


class Asking:
    """Asks in a scene as it was made: a new one is made after each change."""

    def __init__(self, people: tuple[Organization, dict[str, Caller]]) -> None:
        self._people = people
        self._scene: Scene | None = None

    def __call__(self, endpoint: str, principal: str) -> httpx.Response:
        if self._scene is None or self._scene.changed:
            self._scene = scene(self._people)
        answer = ASKS[endpoint](self._scene, self._scene.callers[principal])
        self._scene.changed |= answer.is_success and answer.request.method != "GET"
        return answer


@pytest.fixture(scope="module")
def asking(people: tuple[Organization, dict[str, Caller]]) -> Asking:
    return Asking(people)


def offer(s: Scene, caller: Caller) -> httpx.Response:
    return caller.offer(tomorrow(next(_hours)), s.property_id, minutes=60)


def offer_many(s: Scene, caller: Caller) -> httpx.Response:
    start = tomorrow(next(_hours))
    slot = {"property_id": s.property_id, "start_time": start.isoformat(), "end_time": (start + HOUR).isoformat()}
    return caller.post("/api/v1/slots/batch", {"slots": [slot], "mode": "all"})


def previewed(s: Scene, caller: Caller, path: str = "schedules/preview", **more: str) -> httpx.Response:
    """A schedule of the agent with one slot, an hour as no other has."""
    start = f"{tomorrow(next(_hours)):%Y-%m-%dT%H:%M:%S}" if path.endswith("preview") else more.pop("start")
    rule = {"start": start, "recurrence": ["RRULE:FREQ=DAILY;COUNT=1"]}
    terms = {"time_zone": "UTC", "rules": [rule], "slot_minutes": 60, "horizon_days": 366}
    whose = {"property_id": s.property_id, "agent_id": s.agent}
    return caller.post(f"/api/v1/{path}", {**whose, **terms, **more})


def made_schedule(s: Scene, caller: Caller) -> httpx.Response:
    shown = previewed(s, s.callers["agent"]).json()
    return previewed(s, caller, "schedules", start=shown["slots"][0]["occurrence"], hash=shown["hash"])


def scheduled(s: Scene) -> str:
    return str(made_schedule(s, s.callers["agent"]).json()["schedule"]["id"])


def offer_file(s: Scene, caller: Caller) -> httpx.Response:
    start = tomorrow(next(_hours))
    lines = f"property_id,start_time,end_time\n{s.property_id},{start.isoformat()},{(start + HOUR).isoformat()}\n"
    return caller.request("POST", "/api/v1/slots/import", content=lines, headers={"Content-Type": "text/csv"})


def held(s: Scene) -> str:
    s.changed = True
    hold = s.callers["applicant"].post(f"/api/v1/slots/{s.free}/holds", None)
    assert hold.status_code == 201, hold.text
    return str(hold.json()["hold"]["id"])


def withdrawn(s: Scene) -> str:
    s.changed = True
    answer = s.callers["admin"].post(f"/api/v1/properties/{s.property_id}/withdraw", {})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job"]["id"])


def waiting(s: Scene) -> str:
    s.changed = True
    taken = s.callers["other applicant"].book(s.free)
    assert taken.status_code == 201, taken.text
    joined = s.callers["applicant"].request("POST", f"/api/v1/slots/{s.free}/waitlist")
    assert joined.status_code == 201, joined.text
    return str(joined.json()["entry"]["id"])


def watched(s: Scene) -> str:
    """The watch of the slot's property, which the applicant has."""
    s.changed = True
    path = f"/api/v1/properties/{s.property_id}/watch"
    assert s.callers["applicant"].post(path, WATCH).status_code == 201
    return path


def newcomer(s: Scene) -> str:
    return str(s.agency.agent().get("/api/v1/me").json()["me"]["agent"]["id"])


def blocked(s: Scene) -> str:
    made = s.callers["admin"].post(f"/api/v1/agents/{s.agent}/blocks", BLOCK)
    return str(made.json()["block"]["id"])


def subscribed(s: Scene) -> str:
    """The slot's agent, with a calendar that nobody answers for."""
    s.callers["admin"].request("PUT", f"/api/v1/agents/{s.agent}/calendar", json=CALENDAR)
    return str(s.agent)


def hooked(s: Scene) -> str:
    """A webhook endpoint: one that is there, for there are few at most."""
    admin = s.callers["admin"]
    listed = admin.get("/api/v1/webhook-endpoints").json()["webhook_endpoints"]
    found = listed[0] if listed else admin.post("/api/v1/webhook-endpoints", HOOK).json()["webhook_endpoint"]
    return str(found["id"])


def fed(s: Scene) -> str:
    """A calendar feed of the slot's agent: one that is there, for there are few at most."""
    agent = s.callers["agent"]
    listed = agent.get("/api/v1/calendar-feeds").json()["calendar_feeds"]
    found = listed[0] if listed else agent.post("/api/v1/calendar-feeds", {}).json()["calendar_feed"]
    return str(found["id"])


def beginning(caller: Caller) -> httpx.Response:
    """The answer to a request for a stream, without waiting for its end."""
    known = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    with caller.http.stream("GET", "/api/v1/stream", headers=known) as answer:
        if answer.is_error:
            answer.read()
        return answer


def decided(s: Scene, caller: Caller, what: str, content: object) -> httpx.Response:
    return caller.post(f"/api/v1/bookings/{s.booking}/{what}", content)


ASKS: dict[str, Ask] = {
    "POST /slots": offer,
    "POST /slots/batch": offer_many,
    "POST /slots/import": offer_file,
    "POST /slots/batch-cancel": lambda s, c: c.post("/api/v1/slots/batch-cancel", {"ids": [s.slot], "mode": "all"}),
    "POST /schedules/preview": previewed,
    "POST /schedules": made_schedule,
    "GET /schedules": lambda s, c: c.get("/api/v1/schedules", agent_id=s.agent),
    "GET /schedules/{id}": lambda s, c: c.get(f"/api/v1/schedules/{scheduled(s)}"),
    "PATCH /schedules/{id}": lambda s, c: c.request(
        "PATCH", f"/api/v1/schedules/{scheduled(s)}?scope=all", json={"capacity": 2}, headers={"If-Match": "*"}
    ),
    "DELETE /schedules/{id}": lambda s, c: c.request(
        "DELETE", f"/api/v1/schedules/{scheduled(s)}?scope=all", headers={"If-Match": "*"}
    ),
    "GET /schedules/{id}/occurrences": lambda s, c: c.get(f"/api/v1/schedules/{scheduled(s)}/occurrences"),
    "GET /slots": lambda _, c: c.get("/api/v1/slots"),
    "GET /slots/{id}": lambda s, c: c.get(f"/api/v1/slots/{s.slot}"),
    "PUT /slots/{id}/capacity": lambda s, c: c.request("PUT", f"/api/v1/slots/{s.slot}/capacity", json={"capacity": 2}),
    "POST /slots/{id}/move": lambda s, c: c.post(f"/api/v1/slots/{s.slot}/move", {}),
    "DELETE /slots/{id}": lambda s, c: c.delete(f"/api/v1/slots/{s.slot}"),
    "GET /slots/{id}/eligibility": lambda s, c: c.get(f"/api/v1/slots/{s.free}/eligibility"),
    "POST /slots/{id}/holds": lambda s, c: c.request("POST", f"/api/v1/slots/{s.free}/holds"),
    "GET /holds": lambda _, c: c.get("/api/v1/holds"),
    "DELETE /holds/{id}": lambda s, c: c.delete(f"/api/v1/holds/{held(s)}"),
    "POST /slots/{id}/waitlist": lambda s, c: c.request("POST", f"/api/v1/slots/{s.slot}/waitlist"),
    "GET /waitlist": lambda _, c: c.get("/api/v1/waitlist"),
    "DELETE /waitlist/{id}": lambda s, c: c.delete(f"/api/v1/waitlist/{waiting(s)}"),
    "GET /properties/{id}/slots": lambda s, c: c.get(f"/api/v1/properties/{s.property_id}/slots"),
    "POST /bookings": lambda s, c: c.book(s.free),
    "GET /bookings": lambda _, c: c.get("/api/v1/bookings"),
    "GET /bookings/{id}": lambda s, c: c.get(f"/api/v1/bookings/{s.booking}"),
    "GET /bookings/{id}/history": lambda s, c: c.get(f"/api/v1/bookings/{s.booking}/history"),
    "GET /bookings/{id}/notices": lambda s, c: c.get(f"/api/v1/bookings/{s.booking}/notices"),
    "POST /bookings/{id}/links": lambda s, c: c.request("POST", f"/api/v1/bookings/{s.booking}/links"),
    "PATCH /bookings/{id}": lambda s, c: c.request("PATCH", f"/api/v1/bookings/{s.booking}", json={"notes": "Hello."}),
    "PATCH /bookings/{id} may_release": lambda s, c: c.request(
        "PATCH", f"/api/v1/bookings/{s.booking}", json={"may_release": False}
    ),
    "DELETE /bookings/{id}": lambda s, c: c.delete(f"/api/v1/bookings/{s.booking}"),
    "POST /bookings/{id}/reschedule": lambda s, c: c.post(
        f"/api/v1/bookings/{s.booking}/reschedule", {"slot_id": s.free}
    ),
    "POST /bookings/{id}/confirm-attendance": lambda s, c: c.request(
        "POST", f"/api/v1/bookings/{s.booking}/confirm-attendance"
    ),
    "POST /bookings/{id}/take-back": lambda s, c: c.request("POST", f"/api/v1/bookings/{s.booking}/take-back"),
    "POST /bookings/{id}/approve": lambda s, c: c.request("POST", f"/api/v1/bookings/{s.booking}/approve"),
    "POST /bookings/{id}/decline": lambda s, c: decided(s, c, "decline", {}),
    "POST /bookings/{id}/outcome": lambda s, c: c.post(
        f"/api/v1/bookings/{s.booking}/outcome", {"outcome": "attended"}
    ),
    "POST /bookings/{id}/feedback": lambda s, c: decided(s, c, "feedback", {"rating": 5}),
    "GET /availability": lambda s, c: c.get("/api/v1/availability", property_id=s.property_id),
    "GET /reports/visits": lambda _, c: c.get("/api/v1/reports/visits", **NOVEMBER),
    "GET /reports/properties/{id}": lambda s, c: c.get(f"/api/v1/reports/properties/{s.property_id}", **NOVEMBER),
    "GET /properties": lambda _, c: c.get("/api/v1/properties"),
    "GET /properties/{id}/rules": lambda s, c: c.get(f"/api/v1/properties/{s.property_id}/rules"),
    "GET /properties/{id}": lambda s, c: c.get(f"/api/v1/properties/{s.property_id}"),
    "PUT /properties/{id}": lambda s, c: c.request(
        "PUT", f"/api/v1/properties/{s.property_id}", json={"area": "Mitte"}
    ),
    "POST /properties/{id}/withdraw": lambda s, c: c.post(f"/api/v1/properties/{s.property_id}/withdraw", {}),
    "POST /properties/{id}/restore": lambda s, c: c.request("POST", f"/api/v1/properties/{s.property_id}/restore"),
    "GET /jobs/{id}": lambda s, c: c.get(f"/api/v1/jobs/{withdrawn(s)}"),
    "GET /organization": lambda _, c: c.get("/api/v1/organization"),
    "PUT /organization": lambda _, c: c.request("PUT", "/api/v1/organization", json={"name": "Havel & Spree"}),
    "GET /notice-templates/{kind}": lambda _, c: c.get("/api/v1/notice-templates/confirmed"),
    "PUT /notice-templates/{kind}": lambda _, c: c.request(
        "PUT", "/api/v1/notice-templates/confirmed", json={"body": "See you soon."}
    ),
    "DELETE /notice-templates/{kind}": lambda _, c: c.delete("/api/v1/notice-templates/confirmed"),
    "GET /notice-templates/{kind}/preview": lambda _, c: c.get("/api/v1/notice-templates/confirmed/preview"),
    "GET /policy": lambda _, c: c.get("/api/v1/policy"),
    "PUT /policy": lambda _, c: c.request("PUT", "/api/v1/policy", json=RULES),
    "PATCH /policy": lambda _, c: c.request("PATCH", "/api/v1/policy", json=RULES, headers={"If-Match": "*"}),
    "GET /properties/{id}/policy": lambda s, c: c.get(f"/api/v1/properties/{s.property_id}/policy"),
    "PUT /properties/{id}/policy": lambda s, c: c.request("PUT", f"/api/v1/properties/{s.property_id}/policy", json={}),
    "PATCH /properties/{id}/policy": lambda s, c: c.request(
        "PATCH", f"/api/v1/properties/{s.property_id}/policy", json={}, headers={"If-Match": "*"}
    ),
    "GET /notice-plan": lambda _, c: c.get("/api/v1/notice-plan"),
    "PUT /notice-plan": lambda _, c: c.request("PUT", "/api/v1/notice-plan", json={}),
    "GET /properties/{id}/notice-plan": lambda s, c: c.get(f"/api/v1/properties/{s.property_id}/notice-plan"),
    "PUT /properties/{id}/notice-plan": lambda s, c: c.request(
        "PUT", f"/api/v1/properties/{s.property_id}/notice-plan", json={}
    ),
    "GET /agents": lambda _, c: c.get("/api/v1/agents"),
    "GET /agents/{id}": lambda s, c: c.get(f"/api/v1/agents/{s.agent}"),
    "DELETE /agents/{id}": lambda s, c: c.request("DELETE", f"/api/v1/agents/{newcomer(s)}"),
    "POST /agents/{id}/restore": lambda s, c: c.request("POST", f"/api/v1/agents/{newcomer(s)}/restore"),
    "POST /agents/{id}/absences": lambda s, c: c.post(f"/api/v1/agents/{s.agent}/absences", ABSENCE),
    "POST /agents/{id}/blocks": lambda s, c: c.post(f"/api/v1/agents/{s.agent}/blocks", BLOCK),
    "GET /agents/{id}/blocks": lambda s, c: c.get(f"/api/v1/agents/{s.agent}/blocks"),
    "DELETE /agents/{id}/blocks/{id}": lambda s, c: c.delete(f"/api/v1/agents/{s.agent}/blocks/{blocked(s)}"),
    "PUT /agents/{id}/calendar": lambda s, c: c.request("PUT", f"/api/v1/agents/{s.agent}/calendar", json=CALENDAR),
    "GET /agents/{id}/calendar": lambda s, c: c.get(f"/api/v1/agents/{subscribed(s)}/calendar"),
    "DELETE /agents/{id}/calendar": lambda s, c: c.delete(f"/api/v1/agents/{subscribed(s)}/calendar"),
    "GET /applicants": lambda _, c: c.get("/api/v1/applicants"),
    "GET /events": lambda _, c: c.get("/api/v1/events"),
    "GET /stream": lambda _, c: beginning(c),
    "POST /stream-tickets": lambda _, c: c.post("/api/v1/stream-tickets", {}),
    "POST /webhook-endpoints": lambda _, c: c.post("/api/v1/webhook-endpoints", HOOK),
    "GET /webhook-endpoints": lambda _, c: c.get("/api/v1/webhook-endpoints"),
    "GET /webhook-endpoints/{id}": lambda s, c: c.get(f"/api/v1/webhook-endpoints/{hooked(s)}"),
    "PATCH /webhook-endpoints/{id}": lambda s, c: c.request(
        "PATCH", f"/api/v1/webhook-endpoints/{hooked(s)}", json={"description": "ours"}, headers={"If-Match": "*"}
    ),
    "DELETE /webhook-endpoints/{id}": lambda s, c: c.delete(f"/api/v1/webhook-endpoints/{hooked(s)}"),
    "POST /webhook-endpoints/{id}/rotate-secret": lambda s, c: c.request(
        "POST", f"/api/v1/webhook-endpoints/{hooked(s)}/rotate-secret"
    ),
    "POST /webhook-endpoints/{id}/test": lambda s, c: c.request("POST", f"/api/v1/webhook-endpoints/{hooked(s)}/test"),
    "GET /webhook-endpoints/{id}/deliveries": lambda s, c: c.get(f"/api/v1/webhook-endpoints/{hooked(s)}/deliveries"),
    "POST /webhook-endpoints/{id}/replay": lambda s, c: c.post(
        f"/api/v1/webhook-endpoints/{hooked(s)}/replay", {"failed": True}
    ),
    "POST /properties/{id}/watch": lambda s, c: c.post(f"/api/v1/properties/{s.property_id}/watch", WATCH),
    "GET /properties/{id}/watch": lambda s, c: c.get(watched(s)),
    "POST /properties/{id}/watch/dismiss": lambda s, c: c.request("POST", f"{watched(s)}/dismiss"),
    "DELETE /properties/{id}/watch": lambda s, c: c.delete(watched(s)),
    "GET /watches": lambda _, c: c.get("/api/v1/watches"),
    "POST /calendar-feeds": lambda _, c: c.post("/api/v1/calendar-feeds", {}),
    "GET /calendar-feeds": lambda _, c: c.get("/api/v1/calendar-feeds"),
    "DELETE /calendar-feeds/{id}": lambda s, c: c.delete(f"/api/v1/calendar-feeds/{fed(s)}"),
    "POST /inbound/screenings": lambda s, c: c.post("/api/v1/inbound/screenings", json.loads(s.agency.screened())),
    "POST /inbound/deliveries/ses": lambda _, c: c.post("/api/v1/inbound/deliveries/ses", {}),
    "GET /inbound/deliveries/whatsapp": lambda _, c: c.get(
        "/api/v1/inbound/deliveries/whatsapp",
        **{"hub.mode": "subscribe", "hub.verify_token": "x", "hub.challenge": "1"},
    ),
    "POST /inbound/deliveries/whatsapp": lambda _, c: c.post("/api/v1/inbound/deliveries/whatsapp", {}),
    "GET /audit": lambda _, c: c.get("/api/v1/audit"),
    "GET /me": lambda _, c: c.get("/api/v1/me"),
    "GET /me/contact": lambda _, c: c.get("/api/v1/me/contact"),
    "PATCH /me/contact": lambda _, c: c.request("PATCH", "/api/v1/me/contact", json={"locale": "de"}),
    "POST /me/phone/code": lambda _, c: c.post("/api/v1/me/phone/code", {"channel": "sms"}),
    "POST /me/phone/proof": lambda _, c: c.post("/api/v1/me/phone/proof", {"code": "204917"}),
    "PATCH /me/profile": lambda _, c: c.request("PATCH", "/api/v1/me/profile", json={"name": "Mira"}),
}


def told(answer: httpx.Response) -> str:
    """As the table has it."""
    return str(answer.status_code) if answer.status_code < 400 else f"{answer.status_code} `{answer.json()['code']}`"


def test_the_table_has_every_endpoint_and_every_principal(instance: Instance) -> None:
    contract = instance.http.get("/openapi.json").json()["paths"]
    endpoints = {
        f"{method.upper()} {re.sub(r'{[a-z]+_id}', '{id}', path.removeprefix('/api/v1'))}"
        for path, item in contract.items()
        if path.startswith("/api/v1")
        for method in item
        if method != "parameters"
    }
    assert endpoints == {endpoint.removesuffix(" may_release") for endpoint in ASKS}
    assert set(ASKS) == set(TABLE)
    assert {tuple(row) for row in TABLE.values()} == {PRINCIPALS}


@pytest.mark.parametrize("endpoint", ASKS)
def test_each_principal_is_answered_as_the_table_says(asking: Asking, endpoint: str) -> None:
    assert {principal: told(asking(endpoint, principal)) for principal in PRINCIPALS} == TABLE[endpoint]


@pytest.mark.parametrize(
    "endpoint", [endpoint for endpoint in ASKS if "{id}" in endpoint and "properties" not in endpoint]
)
@pytest.mark.parametrize("principal", ["stranger", "other applicant", "colleague"])
def test_what_is_out_of_view_answers_byte_for_byte_like_a_random_id(
    people: tuple[Organization, dict[str, Caller]], asking: Asking, endpoint: str, principal: str
) -> None:
    _, callers = people
    caller = callers[principal]
    foreign = asking(endpoint, principal)
    if foreign.status_code != 404:
        return
    requested: Any = foreign.request
    path = requested.url.raw_path.decode()
    known = next(part for part in requested.url.path.split("/") if len(part) == 36)
    random = caller.request(
        requested.method, path.replace(known, str(uuid4())), content=requested.content, headers=_typed(requested)
    )
    assert (random.status_code, _without_ids(random.text)) == (404, _without_ids(foreign.text))


def _typed(request: httpx.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in ("Content-Type", "If-Match") if name in request.headers}


def _without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
