"""The instance held to openapi3.yaml by generated requests: no 5xx, and every answer as documented."""

from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from tests.e2e.driver import Instance
from tests.support.chance import examples
from tests.support.conformance import validated
from tests.support.contract import closed

schema = schemathesis.openapi.from_dict(closed()).exclude(operation_id="streamEvents")  # which has no end


@cache
def tokens(instance: Instance) -> dict[str, str]:
    agency = instance.organization()
    return {"admin": agency.admin().token, "applicant": agency.applicant().token}


@pytest.mark.search
@pytest.mark.parametrize("who", ["admin", "applicant"])
@schema.parametrize()
@settings(max_examples=examples(2), suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Case[Any], instance: Instance, who: str) -> None:
    validated(case, instance.env["BASE_URL"], tokens(instance)[who])


@pytest.mark.search
@schema.include(lambda one: one.operation.definition.raw.get("security") == []).parametrize()
@settings(max_examples=examples(1), suppress_health_check=list(HealthCheck))
def test_every_answer_to_nobody_is_as_documented(case: Case[Any], instance: Instance) -> None:
    """Where no token is wanted: elsewhere they are refused before they are read, as test_authorization says."""
    validated(case, instance.env["BASE_URL"], None)
