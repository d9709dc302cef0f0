"""Limits over HTTP: one request too many is told so, with when to come again; nothing of it is kept under its key."""

from datetime import timedelta
from uuid import uuid4

import httpx

from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from booking.service.rate_limits import Limits
from tests.fakes import State, memory_store
from tests.support.application import SECRET, application, pipeline_of


async def test_one_request_too_many_is_told_when_to_come_again() -> None:
    store = memory_store(State())
    limits = Limits.of(store.budgets, person=20, organization=0, writes=0)
    app = application(store, pipeline_of(store, limits))
    token = mint(
        SECRET,
        subject="ada",
        email=None,
        email_verified=False,
        lifetime=timedelta(hours=1),
        agency=Agency(organization_id=uuid4(), role=AgentRole.ADMIN),
    )
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x", headers=headers) as http:  # type: ignore[arg-type]
        answers = [await http.put("/api/v1/policy", json={}) for _ in range(25)]
        health = await http.get("/health/live")
    assert [answer.status_code for answer in answers[:20]] == 20 * [200]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["RateLimit-Policy"] == '"person";q=20;w=60'
    assert refused.headers["RateLimit"] == f'"person";r=0;t={refused.headers["Retry-After"]}'
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert (health.status_code, "RateLimit" in health.headers) == (200, False)
