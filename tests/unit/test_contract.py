"""The two contracts keep their own promises: their examples fit their schemas, and they are served as written."""

import ast
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from booking import files
from booking.domain.refusals import InvalidRequest
from booking.entrypoints.http.contract import EXAMPLES, WRITTEN, contract_routes
from booking.entrypoints.http.idempotency import KEY
from booking.entrypoints.http.inputs.reader import read_query
from booking.entrypoints.http.routes.visits.bookings import BookingQuery
from booking.entrypoints.http.wire import Input, PageQuery
from tests.support.contract import closed, closed_events
from tests.support.refusals import kinds

REST: dict[str, Any] = yaml.safe_load(files.path("openapi3.yaml").read_text())
CLOSED = closed()
EVENTS = closed_events()
MESSAGES: dict[str, Any] = EVENTS["components"]["messages"]
OPERATIONS: dict[str, Any] = {
    operation["operationId"]: operation
    for item in REST["paths"].values()
    for method, operation in item.items()
    if method != "parameters"
}
TITLES = {(kind.code, kind.title) for kind in kinds()}

Case = tuple[str, str, Any]  # where the example stands, the schema's JSON pointer, the example


def faults(document: dict[str, Any], pointer: str, example: Any) -> list[str]:
    whole = Resource.from_contents(document, default_specification=DRAFT202012)
    schema = {"$ref": f"urn:contract#{pointer}"}
    checker = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(
        schema, registry=Registry().with_resource("urn:contract", whole), format_checker=checker
    )
    return [fault.message for fault in validator.iter_errors(example)]


def resolved(node: Any) -> Any:
    while "$ref" in node:
        target: Any = REST
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def rest_examples(node: Any, pointer: str = "") -> Iterator[Case]:
    """Every example below this node that stands beside, or inside, a schema."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from rest_examples(child, f"{pointer}/{index}")
    if isinstance(node, dict):
        if "schema" in node:
            for name, example in node.get("examples", {}).items():
                yield f"{pointer}/{name}", f"{pointer}/schema", resolved(example)["value"]
            if "example" in node:
                yield f"{pointer}/example", f"{pointer}/schema", node["example"]
        elif isinstance(node.get("examples"), list):
            for index, example in enumerate(node["examples"]):
                yield f"{pointer}/{index}", pointer, example
        for key, child in node.items():
            if key not in ("example", "examples"):
                yield from rest_examples(child, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")


def event_examples() -> Iterator[Case]:
    for name, message in MESSAGES.items():
        for example in message["examples"]:
            yield f"{name}/{example['name']}", message["payload"]["$ref"].removeprefix("#"), example["payload"]


def cases(found: Iterator[Case]) -> list[Any]:
    return [pytest.param(pointer, example, id=where) for where, pointer, example in found]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(contract_routes, openapi_config=None)) as client:
        yield client


def test_the_rest_contract_is_valid_openapi() -> None:
    validate(REST)


def test_no_field_of_a_body_has_the_name_of_a_parameter() -> None:
    """In the clients both stand side by side."""
    components = REST["components"]
    both: dict[str, set[str]] = {}
    for item in REST["paths"].values():
        for operation in (one for verb, one in item.items() if verb != "parameters"):
            given = [*item.get("parameters", ()), *operation.get("parameters", ())]
            named = {
                (components["parameters"][one["$ref"].split("/")[-1]] if "$ref" in one else one)["name"]
                for one in given
            }
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            fields = components["schemas"][body["$ref"].split("/")[-1]].get("properties", {}) if "$ref" in body else {}
            if named & fields.keys():
                both[operation["operationId"]] = named & fields.keys()
    assert both == {}


@pytest.mark.parametrize(("pointer", "example"), cases(rest_examples(REST)))
def test_every_example_of_the_rest_contract_fits_its_schema(pointer: str, example: Any) -> None:
    assert faults(CLOSED, pointer, example) == []


def test_requests_are_closed_and_answers_are_open() -> None:
    bodies = [operation["requestBody"] for operation in OPERATIONS.values() if "requestBody" in operation]
    schemas, asked, found = REST["components"]["schemas"], set[str](), str(bodies)
    while more := {*re.findall(r"#/components/schemas/(\w+)", found)} - asked:
        asked |= more
        found = str([schemas[name] for name in more])
    assert {name for name, schema in schemas.items() if "additionalProperties" in schema} == {
        name for name in asked if schemas[name]["type"] == "object"
    }


def test_no_field_of_a_request_has_a_default_which_generators_take_for_required() -> None:
    for name, schema in REST["components"]["schemas"].items():
        for field, content in schema.get("properties", {}).items():
            assert "default" not in content, (name, field)


def codes_of(answer: Any) -> set[str]:
    content = resolved(answer).get("content", {}).get("application/problem+json", {"examples": {}})
    return set(content["examples"])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_refusal_of_an_operation_is_narrowed_to_the_codes_that_it_has(operation: str) -> None:
    for status, answer in OPERATIONS[operation]["responses"].items():
        content = resolved(answer).get("content", {}).get("application/problem+json")
        if content is not None:
            whole, narrowed = resolved(content["schema"])["allOf"]
            assert whole == {"$ref": "#/components/schemas/Problem"}, status
            assert narrowed["properties"]["code"]["enum"] == list(content["examples"]), status


LIMITED = {"RateLimit", "RateLimit-Policy"}


NEVER_KEPT = {400, 401, 408, 413, 428, 429, 500, 503}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_headers_are_declared_where_they_come(operation: str) -> None:
    contract = OPERATIONS[operation]
    if contract.get("security") == []:
        return
    keyed = {"$ref": "#/components/parameters/IdempotencyKey"} in contract.get("parameters", ())
    for status, answer in contract["responses"].items():
        declared, codes = set(resolved(answer)["headers"]), codes_of(answer)
        assert declared & LIMITED == (set() if status == "401" else LIMITED), status
        if keyed and int(status) not in NEVER_KEPT:
            assert "Idempotency-Replayed" in declared or codes == {"idempotency_in_progress"}, status
        if codes & {"idempotency_in_progress", "rate_limited", "unavailable"}:
            assert "Retry-After" in declared, status


@pytest.mark.parametrize(
    "name", ["Cursor", "IdempotencyKey", "IfMatch", "BookingIdInPath", "HoldIdInPath", "EntryIdInPath"]
)
def test_nothing_is_prefilled_that_only_a_former_answer_or_the_caller_can_name(name: str) -> None:
    assert {"example", "examples"}.isdisjoint(REST["components"]["parameters"][name])


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        ("019a9f35-6a11-7c55-8d2e-3f4a5b6c7d8e", True),
        ('"019a9f35 6a11"', True),
        ("x" * 255, True),
        ("x" * 256, False),
        ("two words", False),
        ("a,b", False),
        ('"a', False),
        ('"a;b"', True),
        ("é", False),
        ("", False),
    ],
)
def test_the_pattern_of_a_key_is_what_the_service_takes(key: str, fits: bool) -> None:
    pattern = REST["components"]["parameters"]["IdempotencyKey"]["schema"]["pattern"]
    assert (re.fullmatch(pattern, key) is not None, KEY.fullmatch(key) is not None) == (fits, fits)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_but_an_empty_one_has_an_example_and_every_answer_a_request_id(operation: str) -> None:
    for status, answer in OPERATIONS[operation]["responses"].items():
        answer = resolved(answer)
        assert "X-Request-Id" in answer["headers"], status
        for content in answer.get("content", {}).values():
            assert "$ref" not in content["schema"] or content["examples"], status


BEFORE_ANY_ROUTE = {"method_not_allowed", "malformed_request", "headers_too_large", "origin_not_allowed"}


def test_a_problem_agrees_with_its_status_and_with_the_domain() -> None:
    told = set()
    for status, answer in (item for operation in OPERATIONS.values() for item in operation["responses"].items()):
        problems = resolved(answer).get("content", {}).get("application/problem+json", {"examples": {}})
        for name, example in problems["examples"].items():
            problem = resolved(example)["value"]
            code = problem["code"]
            assert (name, int(status), f"urn:booking:problem:{code}") == (code, problem["status"], problem["type"])
            assert ("errors" in problem) == (code == "invalid_request")
            assert (code, problem["title"]) in TITLES
            assert f"`{code}`" in resolved(answer)["description"]
            told.add(code)
    assert told == set(REST["components"]["schemas"]["ProblemCode"]["enum"]) - BEFORE_ANY_ROUTE


def problem_examples(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from problem_examples(child)
    if isinstance(node, dict):
        if isinstance(node.get("type"), str) and node["type"].startswith("urn:booking:problem:"):
            yield node
        for child in node.values():
            yield from problem_examples(child)


def words() -> Iterator[str]:
    """Every text in the code: what a detail may be."""
    for file in (Path(__file__).parents[2] / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_examples_of_details_are_what_the_service_says() -> None:
    said = set(words())
    told = {problem["detail"] for problem in problem_examples(REST)}
    assert told - said == set()


@pytest.mark.parametrize(
    ("given", "wire", "example"),
    [
        (b"limit=101&from=2026-12-01", BookingQuery, ("components", "responses", "InvalidList")),
        (b"verbose=1", PageQuery, ("components", "examples", "UnknownParameter")),
    ],
)
def test_the_faults_of_an_example_are_those_of_the_service(
    given: bytes, wire: type[Input], example: tuple[str, ...]
) -> None:
    node: Any = REST
    for step in example:
        node = node[step]
    problem = next(one for one in problem_examples(node) if one["code"] == "invalid_request")
    with pytest.raises(InvalidRequest) as refused:
        read_query(given, wire)
    assert problem["errors"] == list(msgspec.to_builtins(refused.value.faults))


def test_the_table_of_codes_lists_every_code() -> None:
    codes = REST["components"]["schemas"]["ProblemCode"]
    assert set(re.findall(r"^\| `(\w+)` \|", codes["description"], re.MULTILINE)) == set(codes["enum"])


@pytest.mark.parametrize(("pointer", "example"), cases(event_examples()))
def test_every_example_of_the_events_fits_its_schema(pointer: str, example: Any) -> None:
    assert faults(EVENTS, pointer, example) == []


def test_events_are_open_for_what_later_releases_add() -> None:
    contract: dict[str, Any] = yaml.safe_load(files.path("asyncapi.yaml").read_text())
    good = MESSAGES["BookingRescheduled"]["examples"][0]["payload"]
    more = good | {"added": 1, "actor": good["actor"] | {"added": 1}, "moved_from": good["moved_from"] | {"added": 1}}
    assert faults(contract, "/components/schemas/BookingRescheduled", more) == []


def test_what_sns_wraps_is_a_screening() -> None:
    for example in MESSAGES["ApplicantScreenedBySns"]["examples"]:
        wrapped = json.loads(example["payload"]["Message"])
        assert faults(EVENTS, "/components/schemas/ApplicantScreened", wrapped) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"risk_level": "high"}, id="a risk outside the enumeration"),
        pytest.param({"risk_level": ""}, id="an empty risk"),
        pytest.param({"applicant_id": "42"}, id="an id that is no UUID"),
        pytest.param({"screened_at": "2026-11-20T15:00:00"}, id="a time without an offset"),
        pytest.param({"event_type": "APPLICANT_WITHDRAWN"}, id="another event"),
    ],
)
def test_a_screening_is_refused_by_its_schema_for(change: dict[str, str]) -> None:
    good = MESSAGES["ApplicantScreened"]["examples"][0]["payload"]
    assert faults(EVENTS, "/components/schemas/ApplicantScreened", good | change)


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "x" * 201}, {"name": "a\0b"}, {"email": "ada.example.org"}])
def test_no_name_and_no_email_is_a_reason_to_refuse_a_screening(change: dict[str, str]) -> None:
    good = MESSAGES["ApplicantScreened"]["examples"][0]["payload"]
    assert faults(EVENTS, "/components/schemas/ApplicantScreened", good | change) == []


def test_an_event_carries_no_name_no_email_and_no_notes() -> None:
    good = MESSAGES["BookingConfirmed"]["examples"][0]["payload"]
    for field in ("name", "email", "notes"):
        assert faults(EVENTS, "/components/schemas/BookingConfirmed", good | {field: "Ada"})


def test_the_contract_is_served_verbatim(client: TestClient[Litestar]) -> None:
    answer = client.get("/openapi.yaml")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/yaml")
    assert answer.content == files.path("openapi3.yaml").read_bytes()


def test_the_contract_of_the_events_is_served_verbatim(client: TestClient[Litestar]) -> None:
    answer = client.get("/asyncapi.yaml")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/yaml")
    assert answer.content == files.path("asyncapi.yaml").read_bytes()
    assert "/asyncapi.yaml" in REST["info"]["description"]


def test_the_contract_as_json_has_the_same_content(client: TestClient[Litestar]) -> None:
    answer = client.get("/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == REST


def test_the_page_is_shown_what_the_demo_has_in_place_of_the_examples() -> None:
    text = files.path("openapi3.yaml").read_text()
    assert [name for name, written in WRITTEN.items() if written not in text] == []
    slot, day = str(uuid4()), "2031-05-06"
    state = State({EXAMPLES: {"slot": slot, "day": day}})
    with TestClient(Litestar(contract_routes, openapi_config=None, state=state)) as client:
        shown = client.get("/openapi.json").text
    assert (WRITTEN["slot"] in shown, WRITTEN["day"] in shown, WRITTEN["property"] in shown) == (False, False, True)
    assert json.loads(shown)["components"]["parameters"]["SlotIdInPath"]["example"] == slot


def test_the_documentation_page_keeps_the_token_and_has_a_filter(client: TestClient[Litestar]) -> None:
    page = client.get("/docs").text
    assert "persistAuthorization: true" in page
    assert "filter: true" in page


def test_the_documentation_page_refers_to_nothing_outside(client: TestClient[Litestar]) -> None:
    page = client.get("/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "//" not in page.text
    addresses = re.findall(r'(?:src|href|url)(?:=|: )"([^"]+)"', page.text)
    assert {"/docs/assets/swagger-ui-bundle.js", "/docs/assets/swagger-ui.css", "/openapi.json"} <= set(addresses)
    for address in addresses:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("name", ["nothing.css", "%00", "x" * 300, "..%2f..%2fpyproject.toml", "%ff", "."])
def test_what_is_no_file_is_not_there(client: TestClient[Litestar], name: str) -> None:
    assert client.get(f"/docs/assets/{name}").status_code == 404


def test_the_documentation_page_may_load_nothing_from_elsewhere(client: TestClient[Litestar]) -> None:
    page = client.get("/docs")
    policy = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    [script] = re.findall(r"<script>(.+?)</script>", page.text)
    allowed = b64encode(sha256(script.encode()).digest()).decode()
    assert policy.pop("script-src") == f"'self' 'sha256-{allowed}'"
    assert policy.pop("default-src") == "'none'"
    sources = " ".join(policy.values()).split()
    assert set(sources) == {"'none'", "'self'", "'unsafe-inline'", "data:"}


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.sql is neither in .*shipped nor in "):
        files.path("nowhere.sql")
