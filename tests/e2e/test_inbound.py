"""Screenings by HTTP, as a service without SQS sends them."""

from base64 import b64decode
from uuid import uuid4

import httpx

from tests.e2e.driver import Instance, Organization
from tests.support.messages import PATH, signed


def sent(
    instance: Instance, agency: Organization, id_: str, email: str, person: str, risk_level: str
) -> httpx.Response:
    secret = b64decode(instance.env["BOOKING_INBOUND_SECRETS"].partition("=whsec_")[2])
    body = agency.screened(email=email, applicant_id=person, risk_level=risk_level).encode()
    return instance.http.post(PATH, content=body, headers=signed(body, id=id_, secret=secret))


def test_a_signed_screening_lets_an_applicant_in_once(instance: Instance) -> None:
    agency, email, person, first = instance.organization(), f"{uuid4()}@example.com", str(uuid4()), f"msg_{uuid4()}"
    caller = agency.caller(instance.token(email=email))
    assert sent(instance, agency, first, email, person, "LOW").status_code == 204
    assert caller.get("/api/v1/me").json()["me"]["applicants"][0]["eligible"] is True
    again = sent(instance, agency, first, email, person, "HIGH")
    assert (again.status_code, again.content) == (204, b"")
    assert caller.get("/api/v1/me").json()["me"]["applicants"][0]["eligible"] is True
    assert sent(instance, agency, f"msg_{uuid4()}", email, person, "HIGH").status_code == 204
    answered = agency.admin().get("/api/v1/applicants", q=email).json()["applicants"]
    assert [(one["email"], one["eligible"]) for one in answered] == [(email, False)]
