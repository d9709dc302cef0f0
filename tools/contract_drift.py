"""Compares the application with openapi3.yaml: routes, methods, operation ids, parameters, status codes, schemas.

Prints every difference and exits with 1 if there is one. The file is the source of truth; `make check` runs this.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args, get_type_hints

import msgspec
import yaml
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from booking import files
from booking.capabilities import CAPABILITIES, ROUTES
from booking.domain import refusals
from booking.domain.notices.notice import NoticeKind
from booking.domain.people.refusals import NotRegistered
from booking.entrypoints.http.app import litestar
from booking.entrypoints.http.idempotency import UNSAFE
from booking.entrypoints.http.inputs.decoding import Body, Query
from booking.entrypoints.http.pipeline.steps import Piped
from booking.entrypoints.http.problems import status_of
from booking.entrypoints.http.wire import Alternative, FieldFault, Input, Problem, RefusedItem

Json = dict[str, Any]

PROBLEMS = (Problem, FieldFault, Alternative, RefusedItem)
"""Compared by their fields alone: what is in them is the file's to say, and the codes are compared by themselves."""
NEVER_ANSWERED = (refusals.Malformed, refusals.Forbidden, refusals.Conflict, refusals.Impossible)
"""Kinds that only group others, and what only operators meet."""

IN_PATHS: Mapping[str, Json] = {
    "kind": {"type": "string", "enum": sorted(NoticeKind)},
    "token": {"type": "string"},
    "file": {"type": "string"},
    "path": {"type": "string"},
}
"""Parameters in paths that are no ids."""

TELLING = (
    "type",
    "format",
    "enum",
    "const",
    "pattern",
    "minimum",
    "maximum",
    "maxLength",
    "minLength",
    "uniqueItems",
)
"""The keywords that decide what fits; descriptions and examples are the file's own."""


def differences(contract: Json, app: Litestar) -> Iterator[str]:
    documented = {
        (path, method.upper()): {
            **operation,
            "parameters": [*item.get("parameters", []), *operation.get("parameters", [])],
        }
        for path, item in contract["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    }
    served = dict(_served(app))
    for path, method in sorted(documented.keys() - served.keys()):
        yield f"{method} {path}: documented, but not served"
    for path, method in sorted(served.keys() - documented.keys()):
        yield f"{method} {path}: served, but not documented"
    for path, method in sorted(documented.keys() & served.keys()):
        for difference in _operation(contract, documented[path, method], served[path, method]):
            yield f"{method} {path}: {difference}"
    yield from _schemas(contract, served.values())


def _served(app: Litestar) -> Iterator[tuple[tuple[str, str], HTTPRouteHandler]]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            if handler.operation_id is not None:
                path = route.path_format
                yield from (((path, str(method)), handler) for method in handler.http_methods if method != "OPTIONS")


def _operation(contract: Json, operation: Json, handler: HTTPRouteHandler) -> Iterator[str]:
    if operation["operationId"] != handler.operation_id:
        yield f"operation id is {operation['operationId']} in the file, {handler.operation_id} in the application"
    documented = {int(status) for status in operation["responses"]}
    refusals = _refusals(handler)
    successes = {handler.status_code, *handler.opt.get("answers", ())}
    revalidated = {304} if "etag" in handler.opt else set()
    if documented != (answers := {*successes, *revalidated, *map(status_of, refusals)}):
        yield f"statuses are {sorted(documented)} in the file, {sorted(answers)} in the application"
    for status in () if "page" in handler.opt else sorted(answers & documented):  # a page is no problem with a code
        told = _told(contract, operation["responses"][str(status)])
        raised = {refusal.code for refusal in refusals if status_of(refusal) == status}
        if told != raised:
            yield f"{status} is {sorted(told)} in the file, {sorted(raised)} in the application"
    in_file = {
        (parameter["in"], parameter["name"]): (
            bool(parameter.get("required")),
            _resolved(contract, parameter["schema"]) | _default(parameter["schema"]),
        )
        for parameter in (_resolved(contract, listed, keep=True) for listed in operation.get("parameters", []))
        if parameter["in"] != "header"  # which handlers read by themselves
    }
    in_app = dict(_parameters(handler))
    if in_file.keys() != in_app.keys():
        yield f"parameters are {sorted(in_file)} in the file, {sorted(in_app)} in the application"
    for name in sorted(in_file.keys() & in_app.keys()):
        if in_file[name] != in_app[name]:
            yield f"parameter {name[1]} is {in_file[name]} in the file, {in_app[name]} in the application"
    if "signed" in handler.opt:  # its body is an event, which asyncapi.yaml describes
        return
    body = _dependency(handler, Body)
    referred = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = referred.get("$ref", "").rpartition("/")[2] or None
    if named != (body.__name__ if body else None):
        yield f"the body is {named} in the file, {body and body.__name__} in the application"


def _refusals(handler: HTTPRouteHandler) -> set[type[refusals.Refusal]]:
    """Everything that an operation may refuse with: its own, and what the pipeline does for all."""
    kinds: set[type[refusals.Refusal]] = set(handler.opt.get("refuses", ()))
    if Piped in handler.resolve_middleware():
        kinds |= {
            refusals.InvalidRequest,
            refusals.Unauthenticated,
            NotRegistered,
            refusals.InternalError,
            refusals.RateLimited,
            refusals.Unavailable,
        }
        if handler.http_methods & UNSAFE:
            kinds |= {refusals.RequestTimeout, refusals.OutcomeUnknown}
            if "never_kept" not in handler.opt:
                kinds |= {
                    refusals.InvalidHeader,
                    refusals.IdempotencyInProgress,
                    refusals.IdempotencyKeyReused,
                    refusals.IdempotencyLimit,
                }
    if _dependency(handler, Body):
        kinds |= {refusals.MalformedBody, refusals.BodyTooLarge}
    return kinds


def _told(contract: Json, response: Json) -> set[str]:
    """The codes that a status of an operation is narrowed to."""
    content = _resolved(contract, response, keep=True).get("content", {}).get("application/problem+json", {})
    parts = _resolved(contract, content.get("schema", {}), keep=True).get("allOf", ())
    return {code for part in parts for code in part.get("properties", {}).get("code", {}).get("enum", ())}


def _default(schema: Json) -> Json:
    """What a left out parameter is, unless it is an empty list. Fields of requests say it in words: generators take a
    default for required."""
    return {"default": schema["default"]} if schema.get("default", ()) != () else {}


def _parameters(handler: HTTPRouteHandler) -> Iterator[tuple[tuple[str, str], tuple[bool, Json]]]:
    (path,) = handler.paths
    for part in path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}").partition(":")[0]
            yield ("path", name), (True, IN_PATHS.get(name, {"type": "string", "format": "uuid"}))
    if query := _dependency(handler, Query):
        (_,), components = msgspec.json.schema_components([query])
        required = components[query.__name__].get("required", ())
        for name, schema in components[query.__name__]["properties"].items():
            present = _present(schema)
            shape = _resolved({"components": {"schemas": components}}, present)
            yield ("query", name), (name in required, shape | _default(present))


def _dependency(handler: HTTPRouteHandler, kind: type[Body[Any] | Query[Any]]) -> type[Input] | None:
    found = [provided.wire for provided in (handler.dependencies or {}).values() if isinstance(provided, kind)]
    return found[0] if found else None


def _schemas(contract: Json, handlers: Iterable[HTTPRouteHandler]) -> Iterator[str]:
    _, components = msgspec.json.schema_components([wire for handler in handlers for wire in _wire(handler)])
    in_file = contract["components"]["schemas"]
    components["ProblemCode"] = in_file["ProblemCode"]  # plain strings to the service; compared by themselves
    components["ItemError"]["properties"]["code"] = {"$ref": "#/$defs/ProblemCode"}
    components["Verdict"]["properties"]["code"] = {"anyOf": [{"$ref": "#/$defs/ProblemCode"}, {"type": "null"}]}
    for problem in PROBLEMS:
        fields = {field.encode_name: field.required for field in msgspec.structs.fields(problem)}
        documented = {
            name: name in in_file[problem.__name__]["required"] for name in in_file[problem.__name__]["properties"]
        }
        if fields != documented:
            yield f"schema {problem.__name__}: {documented} in the file, {fields} in the application"
    codes = set(_codes(refusals.Refusal))
    if codes != (listed := set(in_file["ProblemCode"]["enum"])):
        yield f"codes: {sorted(listed - codes)} only in the file, {sorted(codes - listed)} only in the application"
    for name, schema in components.items():
        if name not in in_file:
            yield f"schema {name}: missing from the file"
            continue
        ours = _shape({"components": {"schemas": components}}, schema)
        theirs = _shape(contract, in_file[name])
        if ours != theirs:
            yield f"schema {name}: {theirs} in the file, {ours} in the application"


def _wire(handler: HTTPRouteHandler) -> Iterator[type[msgspec.Struct]]:
    """What a handler reads as JSON, and what it answers with."""
    if body := _dependency(handler, Body):
        yield body
    answered = get_type_hints(handler.fn)["return"]
    for one in get_args(answered) or (answered,):
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            yield one


def _codes(kind: type[refusals.Refusal]) -> Iterator[str]:
    """Of what is raised over REST: a kind that has kinds of its own is raised where none of them fits, or never."""
    for refusal in kind.__subclasses__():
        if refusal not in NEVER_ANSWERED:
            yield refusal.code
        yield from _codes(refusal)


def _shape(contract: Json, schema: Json) -> Json:
    """What a schema demands, references followed: properties, which of them are required, and what fits each."""
    if "anyOf" in schema:
        shapes = sorted(
            (_shape(contract, one) for one in schema["anyOf"]), key=lambda one: json.dumps(one, sort_keys=True)
        )
        others = [shape for shape in shapes if shape != {"type": "null"}]
        if len(shapes) == 2 and len(others) == 1 and "type" in others[0]:
            return {**others[0], "type": sorted(["null", others[0]["type"]])}
        return {"anyOf": shapes}
    schema = _resolved(contract, schema, keep=True)
    shape = _resolved(contract, schema)
    if "properties" in schema:
        shape["properties"] = {name: _shape(contract, sub) for name, sub in schema["properties"].items()}
        shape["required"] = sorted(schema.get("required", []))
    if "items" in schema:
        shape["items"] = _shape(contract, schema["items"])
    return shape


def _resolved(contract: Json, schema: Json, *, keep: bool = False) -> Json:
    while "$ref" in schema:
        node: Any = contract
        reference = schema["$ref"].replace("#/$defs/", "#/components/schemas/")
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        schema = {**node, **{key: value for key, value in schema.items() if key != "$ref"}}
    if keep:
        return schema
    shape = {key: schema[key] for key in TELLING if key in schema}
    if isinstance(shape.get("type"), list):
        shape["type"] = sorted(shape["type"])
    if "enum" in shape:
        shape["enum"] = sorted(value for value in shape["enum"])
        shape["type"] = "string"
    return shape


def _present(schema: Json) -> Json:
    """A query parameter that may be left out is never null."""
    alternatives = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    return {key: value for key, value in (alternatives[0] if alternatives else schema).items() if value is not None}


def main() -> int:
    contract: Json = yaml.safe_load(files.path("openapi3.yaml").read_bytes())
    nothing: Any = (None, None, None)  # no request is sent
    found = list(
        differences(
            contract, litestar(ROUTES, dict.fromkeys((capability.name for capability in CAPABILITIES), None), *nothing)
        )
    )
    for difference in found:
        print(difference)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
