"""The instance held to openapi3.yaml by generated requests: no 5xx, and every answer as documented."""

from functools import cache
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from booking import files
from tests.e2e.driver import Instance

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]

schema = schemathesis.openapi.from_dict(yaml.safe_load(files.path("openapi3.yaml").read_bytes()))


@cache
def tokens(instance: Instance) -> dict[str, str | None]:
    agency = instance.organization()
    return {"nobody": None, "admin": agency.admin().token, "applicant": agency.applicant().token}


@pytest.mark.parametrize("who", ["nobody", "admin", "applicant"])
@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Case[Any], instance: Instance, who: str) -> None:
    token = tokens(instance)[who]
    case.headers.pop("Authorization", None)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    case.call_and_validate(base_url=instance.env["BASE_URL"], headers=headers, checks=CHECKS)
