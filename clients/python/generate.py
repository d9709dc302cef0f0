"""Generate src/estate_os_booking/_generated from the contracts: a hook of the build, and a command.

datamodel-code-generator makes the models. Operations and refusals, which it does not make, are written from the same
contract: a signature copies its fields from the model of the body.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # as a command
    BuildHookInterface = object

HERE = Path(__file__).parent
CONTRACTS = HERE.parent.parent
GENERATED = HERE / "src" / "estate_os_booking" / "_generated"
# What the contract calls complete; every other enumeration may grow.
COMPLETE = {"SlotStatus", "BookingStatus", "EntryStatus", "RiskLevel", "AgentRole"}
# Rules of the service and words for people: a client that held them would break when they change.
LEFT_OUT = {"description", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "not"}
OWN_HEADERS = {"Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id", "Accept"}
# An operation that answers in two shapes is two methods; a parameter says which.
SHAPES: dict[str, dict[str, tuple[str, dict[str, str]]]] = {
    "listAvailability": {
        "listAvailability": ("SlotPage", {"group": "none"}),
        "listAvailableDays": ("AvailableDays", {"group": "day"}),
    }
}
TYPES = {"boolean": "bool", "integer": "int", "number": "float", "string": "str"}
FORMATS = {"uuid": "UUID | str", "date-time": "datetime", "date": "date"}

Schema = Mapping[str, Any]


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc, valid-type]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if (CONTRACTS / "openapi3.yaml").is_file():  # a source distribution has them generated
            generate()


def generate() -> None:
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "__init__.py").write_text('"""Made of the contracts by generate.py."""\n')
    rest = yaml.safe_load((CONTRACTS / "openapi3.yaml").read_text("utf-8"))
    schemas = rest["components"]["schemas"]
    write_models("models", {name: schema for name, schema in schemas.items() if not name.endswith("Problem")})
    (GENERATED / "operations.py").write_text(operations(rest))
    (GENERATED / "problems.py").write_text(problems(schemas["ProblemCode"]["enum"]))
    tidings = yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text("utf-8"))
    incoming = {
        *("Screening", "ApplicantScreened", "SnsNotification", "EventBridgeEvent"),
        *("PropertyNews", "PropertyDetails", "PropertyUpserted", "PropertyRemoved", "PropertyByEventBridge"),
    }
    write_models("event_models", {k: v for k, v in tidings["components"]["schemas"].items() if k not in incoming})
    (GENERATED / "events.py").write_text(events(tidings))


def write_models(name: str, schemas: Mapping[str, Schema]) -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": name, "version": "0"},
        "paths": {},
        "components": {"schemas": plain(schemas, named=True)},
    }
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{name}.json"
        source.write_text(json.dumps(document), "utf-8")
        target = GENERATED / f"{name}.py"
        options = [
            "--input-file-type",
            "openapi",
            "--output-model-type",
            "msgspec.Struct",
            "--target-python-version",
            "3.11",
            "--keyword-only",
            "--output-datetime-class",
            "datetime",
            "--use-standard-primitive-types",
            "--use-union-operator",
            "--use-subclass-enum",
            "--disable-timestamp",
            "--disable-future-imports",
        ]
        if name == "event_models":
            options += ["--enum-field-as-literal", "all"]
        command = [sys.executable, "-W", "ignore", "-m", "datamodel_code_generator", *options]
        subprocess.run([*command, "--input", source, "--output", target], check=True, capture_output=True)
    text = target.read_text("utf-8")
    opened = re.sub(r"^class (\w+)\(StrEnum\):", lambda found: open_enum(found[1]), text, flags=re.MULTILINE)
    if opened != text:
        opened = opened.replace(
            "from msgspec import", "from estate_os_booking.open_enum import OpenEnum\nfrom msgspec import", 1
        )
    names = re.findall(r"^class (\w+)|^(\w+): TypeAlias", opened, flags=re.MULTILINE)
    exported = f"\n\n__all__ = {sorted(one or other for one, other in names)}\n"
    target.write_text(opened + exported, "utf-8")


def open_enum(name: str) -> str:
    return f"class {name}({'StrEnum' if name in COMPLETE else 'OpenEnum'}):"


def plain(node: Any, *, named: bool = False) -> Any:
    """Leave out what a client does not hold. `named`: the keys are names of the contract, not words of JSON Schema."""
    if isinstance(node, list):
        return [plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: one for key, one in node.items() if named or key not in LEFT_OUT}
    return {key: plain(one, named=key == "properties" and not named) for key, one in kept.items()}


def operations(rest: Schema) -> str:
    models = ast.parse((GENERATED / "models.py").read_text("utf-8"))
    fields = {one.name: dict(fields_of(one)) for one in models.body if isinstance(one, ast.ClassDef)}
    calls = list(calls_of(rest))
    written = [
        '"""Every operation of the contract, for a client and for an asynchronous one."""',
        "from collections.abc import AsyncIterator, Iterator, Sequence",
        "from datetime import date, datetime  # noqa: F401",
        "from typing import Any, Literal, Unpack  # noqa: F401",
        "from uuid import UUID",
        "from msgspec import UNSET, UnsetType",
        "from estate_os_booking.exchange import Call, CallOptions, joined  # noqa: F401",
        "from estate_os_booking.result import Result",
        "from estate_os_booking._generated.models import *  # noqa: F403",
    ]
    for kind, prefix, wait, over in (
        ("Operations", "", "", "Iterator"),
        ("AsyncOperations", "async ", "await ", "AsyncIterator"),
    ):
        hooks = [
            f"    {wait and 'async '}def _call(self, call: Call, answer: Any, options: CallOptions) -> Any:",
            "        raise NotImplementedError",
            "    def _items(self, call: Call, answer: Any, options: CallOptions) -> Any:",
            "        raise NotImplementedError",
        ]
        written += [f"class {kind}:", *hooks]
        for one in calls:
            written += method(one, fields, prefix, wait, over)
    return "\n".join(written) + "\n"


def calls_of(rest: Schema) -> Iterator[dict[str, Any]]:
    components = rest["components"]

    def found(node: Schema) -> Schema:
        while "$ref" in node:
            _, _, kind, name = node["$ref"].split("/")
            node = components[kind][name]
        return node

    for path, item in rest["paths"].items():
        if not path.startswith("/api/"):
            continue
        for verb, one in item.items():
            if verb == "parameters" or one.get("security") == []:
                continue  # a message that its sender signs is no call with a token
            parameters = [found(each) for each in [*item.get("parameters", []), *one.get("parameters", [])]]
            success = next(found(answer) for status, answer in one["responses"].items() if status.startswith("2"))
            if "text/event-stream" in success.get("content", {}):
                continue  # an answer without an end: `follow` reads it
            sent = found(one["requestBody"])["content"] if "requestBody" in one else None
            file = next(iter(sent)) if sent is not None and "application/json" not in sent else None
            content = success.get("content", {}).get("application/json", {}).get("schema")
            body = sent["application/json"]["schema"] if sent and not file else None
            if content and "oneOf" in content:
                shapes = SHAPES[one["operationId"]]
            else:
                shapes = {one["operationId"]: (content["$ref"].split("/")[-1] if content else None, {})}
            for name, (answer, fixed) in shapes.items():
                listed = found(components["schemas"][answer]).get("properties", {}) if answer else {}
                paged = verb == "get" and "next_cursor" in listed  # what changes something is no list to go through
                call = {
                    "name": re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower(),
                    "verb": verb.upper(),
                    "path": path,
                    "summary": one["summary"],
                    "path_parameters": [
                        (each["name"], typed(each["schema"])) for each in parameters if each["in"] == "path"
                    ],
                    "query": [
                        (each["name"], typed(each["schema"]), each.get("required", False), each.get("explode", True))
                        for each in parameters
                        if each["in"] == "query"
                        and each["name"] not in {*fixed, *(() if paged or not fixed else ("cursor", "limit"))}
                    ],
                    "fixed": fixed,
                    "body": body and body["$ref"].split("/")[-1],
                    "file": file,  # which is sent as it is
                    "answer": answer,
                    "item": item_of(listed) if paged else None,
                    "accept": None,
                }
                yield call
                if "text/csv" in success.get("content", {}):
                    yield as_table(call)


def as_table(call: dict[str, Any]) -> dict[str, Any]:
    """Return the call of a list for all of its rows as CSV."""
    return call | {
        "name": f"table_{call['name'].removeprefix('list_')}",
        "summary": f"{call['summary']}: all rows as CSV, for agents",
        "query": [each for each in call["query"] if each[0] not in ("cursor", "limit", "include")],
        "answer": "str",
        "item": None,
        "accept": "text/csv",
    }


def item_of(page: Schema) -> str:
    """Return the model of the items of a page."""
    return next(str(one["items"]["$ref"]).split("/")[-1] for one in page.values() if one.get("type") == "array")


def typed(schema: Schema) -> str:
    """The annotation of a parameter."""
    if "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        return f"{name} | str"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if "anyOf" in schema or "oneOf" in schema:
        return " | ".join(dict.fromkeys(typed(one) for one in schema.get("anyOf") or schema["oneOf"]))
    if schema.get("type") == "array":
        return f"Sequence[{typed(schema['items'])}]"
    if "format" in schema and schema["format"] in FORMATS:
        return FORMATS[schema["format"]]
    return TYPES[schema.get("type", "string")]


def fields_of(model: ast.ClassDef) -> Iterator[tuple[str, tuple[str, str, str | None]]]:
    """Each field's name on the wire, with its name in Python, its annotation and its default."""
    for one in model.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            annotation = re.sub(r"\bUUID\b", "UUID | str", ast.unparse(one.annotation))
            default = None if one.value is None else ast.unparse(one.value)
            renamed = re.fullmatch(r"field\(name='(.+?)'(?:, default=(.+))?\)", default or "")
            wire, default = (renamed[1], renamed[2]) if renamed else (one.target.id, default)
            yield wire, (one.target.id, annotation, default)


def method(one: dict[str, Any], fields: Mapping[str, Any], prefix: str, wait: str, over: str) -> list[str]:
    needed, optional, body = [], [], []
    query = [f"{name!r}: {value!r}" for name, value in one["fixed"].items()]
    for name, annotation, required, explode in one["query"]:
        python = f"{name}_" if name in {"from", "as"} else name
        (needed if required else optional).append(
            f"{python}: {annotation}" if required else f"{python}: {annotation} | UnsetType = UNSET"
        )
        query.append(f"{name!r}: {python}" if explode else f"{name!r}: joined({python})")
    for wire, (python, annotation, default) in (fields[one["body"]] if one["body"] else {}).items():
        # A default is the service's to know.
        if default is None:
            needed.append(f"{python}: {annotation}")
        else:
            optional.append(
                f"{python}: {annotation if 'UnsetType' in annotation else annotation + ' | UnsetType'} = UNSET"
            )
        body.append(f"{wire!r}: {python}")
    if one["file"]:
        needed.insert(0, "body: str | bytes")
    positional = [f"{name}: {annotation}" for name, annotation in one["path_parameters"]]
    keywords = [*needed, *optional]
    signature = ", ".join(
        ["self", *positional, *(["*"] if keywords else []), *keywords, "**options: Unpack[CallOptions]"]
    )
    answer = one["answer"] or "None"
    kind = one["answer"] or "type(None)"
    path = ", ".join(f"{name!r}: {name}" for name, _ in one["path_parameters"])
    given = f"{{{', '.join(body)}}}" if one["body"] else "body" if one["file"] else "None"
    accept = f", {one['accept']!r}" if one["accept"] else ""
    accept += f", content_type={one['file']!r}" if one["file"] else ""
    call = f"Call({one['verb']!r}, {one['path']!r}, {{{path}}}, {{{', '.join(query)}}}, {given}{accept})"
    written = [
        f"    {prefix}def {one['name']}({signature}) -> Result[{answer}]:",
        f'        """{one["summary"].rstrip(".?")}."""',
        f"        result: Result[{answer}] = {wait}self._call({call}, {kind}, options)",
        "        return result",
    ]
    if one["item"]:
        written += [
            f"    def {one['name'].replace('list_', 'iter_', 1)}({signature}) -> {over}[{one['item']}]:",
            f'        """{one["summary"]}: every item, page by page."""',
            f"        items: {over}[{one['item']}] = self._items({call}, {answer}, options)",
            "        return items",
        ]
    return written


def problems(codes: list[str]) -> str:
    """One class for each code; those with fields of their own stand in ../problems.py."""
    named = {
        code: "".join(map(str.capitalize, code.split("_")))
        for code in codes
        if code not in {"batch_refused", "invalid_request", "slot_taken"}
    }
    classes = [f'class {name}(Problem):\n    """A refusal with the code `{code}`."""' for code, name in named.items()]
    table = ", ".join(f"{code!r}: {name}" for code, name in named.items())
    head = "from estate_os_booking.problem import Problem"
    exported = f"__all__ = {sorted(named.values())}"
    return "\n".join([head, *classes, f"BY_CODE: dict[str, type[Problem]] = {{{table}}}", exported, ""])


def events(tidings: Schema) -> str:
    messages = tidings["components"]["messages"]
    named = [messages[one["$ref"].split("/")[-1]] for one in tidings["channels"]["events"]["messages"].values()]
    types = {one["name"]: one["payload"]["$ref"].split("/")[-1] for one in named}
    return "\n".join(
        [
            "from estate_os_booking._generated.event_models import " + ", ".join(["Event", *types.values()]),
            f"BookingEvent = {' | '.join(types.values())}",
            f"BY_TYPE = {{{', '.join(f'{kind!r}: {name}' for kind, name in types.items())}}}",
            f"__all__ = {['BY_TYPE', 'BookingEvent', 'Event', *types.values()]}",
            "",
        ]
    )


if __name__ == "__main__":
    generate()
