"""The checks of generated requests: what schemathesis takes for a fault, though it never arrives."""

from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, find, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation

from tests.support.conformance import as_sent, is_routed
from tests.support.contract import closed

OPERATION = cache(lambda path: schemathesis.openapi.from_dict(closed())[path]["GET"])
QUERY, HEADER = ParameterLocation.QUERY, ParameterLocation.HEADER


@pytest.mark.parametrize(
    ("query", "faulty"),
    [({"as": "agent", "": []}, False), ({"as": "agent", "unknown": {}}, False), ({"as": "nobody", "": []}, True)],
)
def test_a_parameter_that_is_written_as_nothing_is_no_fault_of_the_query(query: dict[str, Any], faulty: bool) -> None:
    operation = OPERATION("/api/v1/bookings")

    def both(case: Case[Any]) -> bool:
        return case.meta is not None and case.meta.is_negative_at(QUERY) and case.meta.is_negative_at(HEADER)

    case = find(
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        both,
        settings=settings(suppress_health_check=list(HealthCheck), phases=[Phase.generate]),
    )
    case.query = query
    sent = as_sent(case)
    assert sent.meta is not None
    assert sent.meta.is_negative_at(QUERY) is faulty


@pytest.mark.parametrize(
    ("given", "routed"),
    [("x", True), ("%C3%A9", True), ("..", False), ("%2E", False), ("a\\b", False), ("a%5Cb", False), ("a%2Fb", False)],
)
def test_a_path_that_reaches_no_route_is_told_in_either_writing(given: str, routed: bool) -> None:
    operation = OPERATION("/api/v1/bookings/{booking_id}")
    assert is_routed(operation.Case(path_parameters={"booking_id": given})) is routed
