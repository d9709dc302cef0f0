"""What browsers are told of pages that may not call, without a server around it."""

import httpx
import pytest
from litestar import Litestar

from booking.config.origins import Origins
from booking.entrypoints.http.cors import Cors


@pytest.mark.parametrize("configured", [(), ("https://app.example.com",)])
async def test_a_foreign_preflight_is_a_problem_whatever_is_configured(configured: tuple[str, ...]) -> None:
    transport = httpx.ASGITransport(Cors(Litestar(openapi_config=None), Origins(configured)))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        asked = {"Origin": "https://foreign.example", "Access-Control-Request-Method": "POST"}
        told = await http.options("/api/v1/bookings", headers=asked)
    assert (told.status_code, told.headers["Content-Type"]) == (403, "application/problem+json")
    assert (told.json()["code"], told.json()["instance"]) == ("origin_not_allowed", "/api/v1/bookings")
    assert not [name for name in told.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("method", "header"), [("PATCH", "If-Match"), ("GET", "If-None-Match"), ("GET", "Last-Event-ID")]
)
async def test_a_page_may_change_rules_ask_again_and_resume_a_stream(method: str, header: str) -> None:
    origin = "https://app.example.com"
    transport = httpx.ASGITransport(Cors(Litestar(openapi_config=None), Origins((origin,))))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header.lower()}
        told = await http.options("/api/v1/policy", headers={"Origin": origin, **asked})
    assert told.status_code == 204
    assert method in told.headers["Access-Control-Allow-Methods"].split(", ")
    assert told.headers["Access-Control-Allow-Headers"] == header.lower()
