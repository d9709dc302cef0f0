"""Requests that schemathesis makes of the contract, those that break it among them, with all of its checks."""

from typing import TYPE_CHECKING, Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import sampled_from
from schemathesis import Case
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from tests.chaos.fuzz.documented import CONTRACT
from tests.support.conformance import validated

if TYPE_CHECKING:
    from tests.chaos.fuzz.fuzzing import Fuzz

CALLERS = ("nobody", "admin", "applicant 0")


def generated(fuzz: "Fuzz", examples: int) -> None:
    """So many of them, spread over the operations."""
    schema = schemathesis.openapi.from_dict(CONTRACT).exclude(operation_id="streamEvents")  # which has no end
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    host, port = fuzz.running.address
    with requests.Session() as session:
        for index, operation in enumerate(operations):
            share = examples * (index + 1) // len(operations) - examples * index // len(operations)
            if share:
                _ask(fuzz, operation.as_strategy(), share, f"http://{host}:{port}", session)


def _ask(fuzz: "Fuzz", cases: Any, examples: int, base_url: str, session: requests.Session) -> None:
    @seed(fuzz.seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, who=sampled_from(CALLERS))
    def ask(case: Case[Any], who: str) -> None:
        name = f"generated {case.operation.label} as {who}"
        try:
            validated(case, base_url, fuzz.stage.callers[who], session)
        except FailureGroup as group:
            told = "; ".join(str(failure) for failure in group.exceptions)
            fuzz.judge(name, f"{told} {case.as_curl_command()}"[:1000])
        else:
            fuzz.judge(name, None)

    ask()
