"""Whether an answer is one that openapi3.yaml has for the request."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.support.contract import closed

CONTRACT = closed()
CODES: Mapping[str, str] = CONTRACT["components"]["schemas"]["ProblemCode"]
STATUSES = set(re.findall(r"^\| `(\w+)` \| (\d+) \|", CODES["description"], re.MULTILINE))
BEFORE_ANY_OPERATION = {"malformed_request", "not_found", "method_not_allowed", "request_timeout", "headers_too_large"}
PROBLEM = "application/problem+json"
REFERENCE = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")

_WHOLE: Registry[Any] = Registry().with_resource(
    "urn:contract", Resource.from_contents(CONTRACT, default_specification=DRAFT202012)
)


@dataclass(frozen=True, eq=False)
class Operation:
    method: str
    template: str
    contract: Mapping[str, Any]

    @property
    def body(self) -> Mapping[str, Any] | None:
        """The examples of what it takes as JSON, if it takes any."""
        given = self.contract.get("requestBody", {}).get("content", {}).get("application/json")
        return None if given is None else given["examples"]

    def parameters(self, place: str) -> list[str]:
        given = [resolved(parameter) for parameter in self.contract.get("parameters", [])]
        return [parameter["name"] for parameter in given if parameter["in"] == place]

    def takes(self, parameter: str) -> bool:
        return parameter in self.parameters("query")


@dataclass(frozen=True)
class Answer:
    """`headers` by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def resolved(node: Any) -> Any:
    while "$ref" in node:
        target: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


OPERATIONS = [
    Operation(method.upper(), template, contract)
    for template, item in CONTRACT["paths"].items()
    for method, contract in item.items()
    if method != "parameters"
]


def operations_at(path: bytes) -> list[Operation]:
    """Those of the path that a request line named, as a router reads it."""
    path = re.sub(rb"/+", b"/", unquote_to_bytes(path.partition(b"?")[0])).rstrip(b"/") or b"/"
    plain = path.decode(errors="replace")
    return [one for one in OPERATIONS if _pattern(one.template).fullmatch(plain)]


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), re.DOTALL)


def fault_of(answer: Answer, method: str, operations: list[Operation]) -> str | None:
    """What is wrong with an answer to a request for one of these operations, of which that method chooses."""
    if answer.status >= 500:
        return f"status {answer.status}: {answer.body[:200]!r}"
    if method == "HEAD":
        return None  # as GET, and without a body to judge
    operation = next((one for one in operations if one.method == method), None)
    if answer.status < 400 or _is_page(answer, operation):
        return _fault_of_success(answer, method, operation, operations)
    fault = fault_of_problem(answer)
    if fault is not None:
        return fault
    code = json.loads(answer.body)["code"]
    if code in BEFORE_ANY_OPERATION or (answer.status == 401 and operations):
        return None
    if code == "invalid_header" and operation is not None and "Idempotency-Key" in operation.parameters("header"):
        return None  # which the contract says once, for all of them
    if operation is None:
        return f"{answer.status} {code} where there is no operation"
    documented = operation.contract["responses"].get(str(answer.status))
    if documented is None or f"`{code}`" not in resolved(documented)["description"]:
        return f"{answer.status} {code} is not documented"
    return _missing(answer, resolved(documented))


def _is_page(answer: Answer, operation: Operation | None) -> bool:
    """Whether it is a page for people, in which that operation says what is wrong, too."""
    documented = operation and operation.contract["responses"].get(str(answer.status))
    html = bool(documented) and "text/html" in resolved(documented).get("content", {})
    return html and answer.headers.get("content-type", "").startswith("text/html")


def fault_of_problem(answer: Answer) -> str | None:
    """What keeps it from being a problem (RFC 9457) as the contract has them."""
    told = f"{answer.status} {answer.body[:300]!r}"
    if answer.headers.get("content-type") != PROBLEM:
        return f"content type {answer.headers.get('content-type')}: {told}"
    try:
        problem = json.loads(answer.body)
    except ValueError:
        return f"no JSON: {told}"
    for fault in _validator("#/components/schemas/Problem").iter_errors(problem):
        return f"{fault.message[:200]}: {told}"
    if problem["status"] != answer.status or (problem["code"], str(answer.status)) not in STATUSES:
        return f"another status: {told}"
    if problem["type"] != f"urn:booking:problem:{problem['code']}" or not REFERENCE.fullmatch(problem["instance"]):
        return f"an ill-formed type or instance: {told}"
    if ("errors" in problem) != (problem["code"] == "invalid_request"):
        return f"errors: {told}"
    expected = {401: "www-authenticate", 405: "allow", 429: "retry-after"}.get(answer.status)
    for header in ("x-request-id", expected):
        if header is not None and header not in answer.headers:
            return f"no {header}: {told}"
    return None


def _fault_of_success(
    answer: Answer, method: str, operation: Operation | None, operations: list[Operation]
) -> str | None:
    if method == "OPTIONS" and operations:
        allowed = {"OPTIONS", *(one.method for one in operations)}
        told = set(answer.headers.get("allow", "").split(", "))
        return None if (answer.status, told) == (204, allowed) else f"Allow: {told}, not {allowed}"
    documented = operation and operation.contract["responses"].get(str(answer.status))
    if operation is None or documented is None:
        return f"status {answer.status} is not documented"
    content = resolved(documented).get("content")
    if content is None:
        return _missing(answer, resolved(documented)) if not answer.body else f"{answer.status} with a body"
    if answer.headers.get("content-type", "").partition(";")[0] not in content:
        return f"content type {answer.headers.get('content-type')}"
    schema = content.get("application/json", {}).get("schema")
    if schema is not None and "$ref" in schema:
        for fault in _validator(schema["$ref"]).iter_errors(json.loads(answer.body)):
            return f"{fault.message[:200]}: {answer.status} {answer.body[:200]!r}"
    return _missing(answer, resolved(documented))


def _missing(answer: Answer, documented: Mapping[str, Any]) -> str | None:
    for name, header in documented.get("headers", {}).items():
        if resolved(header).get("required") and name.lower() not in answer.headers:
            return f"no {name} in {answer.status}"
    return None


@cache
def _validator(pointer: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"urn:contract{pointer}"}, registry=_WHOLE)
