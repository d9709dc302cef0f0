"""All checks of schemathesis, as they fit a contract whose cursors and keys mean something."""

import re
from typing import Any
from urllib.parse import unquote

import requests
from schemathesis import Case
from schemathesis.checks import CHECKS, CheckContext, load_all_checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

load_all_checks()

REFUSALS_OF_MEANING = {"invalid_cursor", "invalid_header", "precondition_failed"}
"""What no schema can say, beside what is impossible (422): which cursors were given out, which version is there."""


FAULTS_OF_MEANING = {
    ("time_zone", "not_one_of"),
    ("to", "out_of_range"),
    ("cursor", "not_allowed"),
    ("url", "wrong_format"),
    ("from_position", "required"),
    ("from_position", "not_allowed"),
    ("to_position", "required"),
    ("to_position", "not_allowed"),
    ("to_position", "out_of_range"),
    ("failed", "not_one_of"),
    ("occurrence", "required"),
    ("occurrence", "not_allowed"),
    ("occurrence", "wrong_format"),
    ("start", "not_allowed"),
    ("start", "wrong_format"),
    ("rules", "not_allowed"),
    ("gap_minutes", "not_allowed"),
    ("horizon_days", "not_allowed"),
    ("rules", "out_of_range"),
    ("rules/*/start", "wrong_format"),
    ("rules/*/until_time", "not_allowed"),
    ("rules/*/recurrence", "required"),
    ("rules/*/recurrence", "wrong_length"),
    ("rules/*/recurrence/*", "wrong_format"),
    ("quiet_hours/until", "not_allowed"),
    ("may_release", "not_allowed"),
    ("to_agent_id", "required"),
    ("to_agent_id", "not_allowed"),
    ("recipient", "not_one_of"),
    ("subject", "not_one_of"),
    ("heading", "not_one_of"),
    ("body", "not_one_of"),
    ("body", "wrong_length"),
}
"""Likewise: which zones there are, how far one instant may be from another, that days have no cursor, which URLs a
receiver may have, which positions there are, with which scope an occurrence goes, how RFC 5545 writes a rule, which
placeholders a text of one's own may have, that quiet hours end at another time than they begin, that only for
somebody else a booking says `may_release`, and that an absence names a colleague where one takes its slots."""


def _is_of_meaning(fault: dict[str, str]) -> bool:
    """All that is wrong within a file is such: a text is any text to a schema."""
    if fault["pointer"] == "#" or fault["pointer"].startswith(("#/lines/", "#/events/")):
        return True
    return (re.sub(r"/\d+", "/*", fault["pointer"].removeprefix("#/")), fault["code"]) in FAULTS_OF_MEANING


def positive_data_acceptance(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """What fits the schema is taken, or refused by the business, for a reason that the contract names."""
    if response.status_code == 422 or (response.status_code in (400, 412) and _code(response) in REFUSALS_OF_MEANING):
        return None
    if (
        response.status_code == 400
        and _code(response) == "invalid_request"
        and all(map(_is_of_meaning, response.json()["errors"]))
    ):
        return None
    return checks.positive_data_acceptance(ctx, response, case)


def negative_data_rejection(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """But for headers: HTTP has everybody pass over those that are not known, and the token is not its to garble.

    And for null where a body may be left out: it is none."""
    if response.request.body in (b"null", "null") and response.status_code < 300:
        return None
    meta = case.meta
    elsewhere = (ParameterLocation.PATH, ParameterLocation.QUERY, ParameterLocation.BODY, ParameterLocation.COOKIE)
    if meta is not None and not any(meta.is_negative_at(location) for location in elsewhere):
        return None
    return checks.negative_data_rejection(ctx, response, case)


def response_schema_conformance(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """A path whose parameter is no single segment leads to no operation, so that none of its codes is told."""
    if response.status_code == 404 and _code(response) == "not_found" and not is_routed(case):
        return None
    return checks.response_schema_conformance(ctx, response, case)


def content_type_conformance(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Likewise: where no operation is, none of its media types is told."""
    if response.status_code == 404 and _code(response) == "not_found" and not is_routed(case):
        return None
    return checks.content_type_conformance(ctx, response, case)


def missing_required_header(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """RFC 6585 has a status of its own for a precondition that is not there."""
    if response.status_code == 428 and _code(response) == "precondition_required":
        return None
    return checks.missing_required_header(ctx, response, case)


OWN = {
    "missing_required_header": missing_required_header,
    "positive_data_acceptance": positive_data_acceptance,
    "negative_data_rejection": negative_data_rejection,
    "response_schema_conformance": response_schema_conformance,
    "content_type_conformance": content_type_conformance,
}
EVERY: list[Any] = [OWN.get(name, CHECKS.get_one(name)) for name in CHECKS.get_all_names()]


def validated(case: Case[Any], base_url: str, token: str | None, session: requests.Session | None = None) -> None:
    """Asked with that token, or with none; FailureGroup says everything in which the answer is not as documented."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    as_sent(case).call_and_validate(base_url=base_url, headers=headers, checks=EVERY, session=session)


def as_sent(case: Case[Any]) -> Case[Any]:
    """The case without what never arrives: its token, and query parameters that are written as nothing.

    Schemathesis 4.32 counts those as faults of the query whenever a header is at fault too, though both are gone.
    """
    case.headers.pop("Authorization", None)
    case.query = {name: value for name, value in case.query.items() if value not in ([], {})}
    return case


def is_routed(case: Case[Any]) -> bool:
    """Generated parameters are written as a path has them already."""
    given = [unquote(str(value)) for value in case.path_parameters.values()]
    return all(value not in ("", ".", "..") and not {"/", "\\"} & {*value} for value in given)


def _code(response: Response) -> str | None:
    """The code of a problem; none of a page."""
    if response.headers.get("content-type", [""])[0] != "application/problem+json":
        return None
    code: str = response.json()["code"]
    return code
