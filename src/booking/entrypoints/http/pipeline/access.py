"""Outermost layer: name every request, answer with that name, count it, and log a line about it."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec
from litestar.enums import ScopeType
from uuid_utils import uuid4

from booking import logs
from booking.domain.people.caller import Caller, Claims, Side
from booking.entrypoints.http.pipeline.steps import CALLER, CLAIMS
from booking.entrypoints.http.problems import MEDIA_TYPE, fault, problem_response
from booking.entrypoints.http.secret_paths import without_secret
from booking.metrics import catalogue, record
from booking.tracing import spans
from booking.tracing.spans import Kind, Span
from booking.tracing.traceparent import traceparent_in

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

    from booking.entrypoints.http.pipeline.hot import Hot

REFUSED = 400
FAILED = 500
PROBES = "/health/"  # asked some times a minute by everybody who watches
ACCEPTABLE = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")  # what cannot forge a log line or a header

SAFE = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
)
"""As OWASP's REST security cheat sheet has them."""


class _Refusal(msgspec.Struct):
    code: str


_read_refusal = msgspec.json.Decoder(_Refusal).decode
_name = itemgetter(0)
NAMES = frozenset(map(_name, SAFE))


class Access:
    """ASGI middleware around the whole application, 404 and 405 included."""

    def __init__(
        self, app: "ASGIApp", hot: "Hot | None" = None, pseudonym: Callable[[str], str] = lambda _: "unknown"
    ) -> None:
        """`hot` returns None for a request that the application has to answer. `pseudonym`: of a subject, for the
        log."""
        self.app = app
        self.hot = hot
        self.pseudonym = pseudonym

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        method = scope["method"]
        if method == "HEAD":  # the same answer, without its body: RFC 9110, section 9.3.2
            scope, send = {**scope, "method": "GET"}, _without_body(send)
            scope["state"]["without_body"] = True
        start = time.perf_counter()
        path, status, code = scope["path"], 0, ""
        record.change(catalogue.in_flight, +1)
        logs.request_id.set(request_id)  # until the end of the task that a request is
        span: Span | None = None
        if spans.on() and not path.startswith(PROBES):
            span = spans.begin(method, Kind.SERVER, lambda: traceparent_in(scope["headers"]), request_id)
            spans.use(() if span is None else (span,))
        try:
            if self.hot is not None and (found := await self.hot(scope, receive)) is not None:
                status, headers, body = found
                code = _code(status, body)
                all_headers = _with_name(headers, request_id)
                await send({"type": "http.response.start", "status": status, "headers": all_headers})
                await send({"type": "http.response.body", "body": body, "more_body": False})
            else:
                await self.app(scope, receive, self._named(scope, send, request_id, start))
                code = scope["state"].get("code", "")
        except Exception as error:  # uvicorn would log all that it says, statements too, and answer in words of its own
            problem = problem_response(path, fault(error))
            if not (status or scope["state"].get("status")):
                status, code = problem.status, _code(problem.status, problem.body)
                headers = _with_name([(b"content-type", MEDIA_TYPE.encode()), _length(problem.body)], request_id)
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": problem.body, "more_body": False})
        finally:
            took = time.perf_counter() - start
            status = status or scope["state"].get("status", 0)
            record.change(catalogue.in_flight, -1)
            began = scope["state"].get("began", took)
            record.request(scope.get("path_template"), method, status, code, began)
            tell = logs.debug if path.startswith(PROBES) else logs.info
            tell(
                "request",
                request_id=request_id,
                method=method,
                path=without_secret(path),
                status=status,
                ms=round(took * 1000, 1),
                **({"code": code} if code else {}),
                **self._who(scope["state"]),
            )
            if span is not None:
                spans.use(())
                _tell_of(span, scope, method, status, code)

    def _who(self, state: Mapping[str, Any]) -> dict[str, str]:
        """Tell the organization and the role of who asks, and them by a pseudonym."""
        caller: Caller | None = state.get(CALLER)
        if caller is not None:
            role = caller.agent.role.value if caller.agent else Side.APPLICANT.value
            return {"organization": str(caller.home), "role": role, "subject": self.pseudonym(caller.subject)}
        claims: Claims | None = state.get(CLAIMS)
        return {} if claims is None else {"subject": self.pseudonym(claims.subject)}

    def _named(self, scope: "HTTPScope", send: "Send", request_id: str, start: float) -> "Send":
        async def answer(message: "Message") -> None:
            if message["type"] == "http.response.start":
                scope["state"]["status"] = message["status"]
                scope["state"]["began"] = time.perf_counter() - start  # a stream takes hours
                message["headers"] = _with_name(message["headers"], request_id)
            elif message["type"] == "http.response.body":
                scope["state"].setdefault("code", _code(scope["state"]["status"], message["body"]))
            await send(message)

        return answer


def _tell_of(span: Span, scope: "HTTPScope", method: str, status: int, code: str) -> None:
    """Tell of a request; its path may hold a secret, and is left out."""
    route, caller = scope.get("path_template"), scope["state"].get(CALLER)
    method = method if method in record.METHODS else "_OTHER"
    span.name = f"{method} {route}" if route else method
    span.failed = status >= FAILED
    span.tell(
        {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            "booking.code": code or None,
            "booking.organization": None if caller is None else str(caller.home),
        }
    )
    span.end()


def _with_name(headers: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    return [*headers, (b"x-request-id", request_id.encode()), *_safe(headers)]


def _code(status: int, body: bytes) -> str:
    """Return the code of a refusal, by its body; "" for any other answer."""
    if status < REFUSED:
        return ""
    try:
        return _read_refusal(body).code
    except msgspec.MsgspecError:  # of a proxy's, or a page
        return ""


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)


def _without_body(send: "Send") -> "Send":
    async def answer(message: "Message") -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return answer


def _safe(given: "Iterable[tuple[bytes, bytes]]") -> "Iterable[tuple[bytes, bytes]]":
    """List the safe headers that an answer does not set itself."""
    if NAMES.isdisjoint(map(_name, given)):
        return SAFE
    named = set(map(_name, given))
    return [header for header in SAFE if header[0] not in named]


def _request_id(scope: "Scope") -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and ACCEPTABLE.fullmatch(value):
            return bytes(value).decode()
    return str(uuid4())
