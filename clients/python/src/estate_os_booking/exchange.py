"""How a call goes: with a token, a key that stays the same, and the same bytes, until it is answered.

A generator says what to do next and is told what came of it, so that the client and the asynchronous one share it.
"""

from collections import OrderedDict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any, TypedDict
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx
import msgspec
from msgspec import UNSET, UnsetType

from estate_os_booking.problem import NoAnswer
from estate_os_booking.problems import problem_document, problem_of
from estate_os_booking.result import Sent
from estate_os_booking.retry import Attempt, delay_after, delay_after_failure

MOST_SEEN = 100  # answers
LARGEST_SEEN = 262_144  # bytes of one


class CallOptions(TypedDict, total=False):
    timeout: float
    """Seconds for each step of an attempt, as httpx counts them."""
    attempts: int
    patience: float
    idempotency_key: str | None
    """The key of this intent, if it shall outlive this call; None for none. A new one for each write unless said."""
    if_match: str
    """The ETag that was seen: PreconditionFailed if it is not the one of now."""
    content_type: str
    """Of a file that is sent as `body`: `text/csv` unless said, or `text/calendar`."""
    x_request_id: str
    """Taken over by the service, into its log and its events."""


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    in_path: Mapping[str, object]
    query: Mapping[str, object]
    body: Mapping[str, object] | str | bytes | None
    accept: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def url(self) -> str:
        """Return the path and the query, encoded."""
        path = self.path.format_map({name: quote(str(value), safe="") for name, value in self.in_path.items()})
        pairs = [(name, text) for name, value in self.query.items() for text in _texts(value)]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def content(self) -> bytes | None:
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return msgspec.json.encode({name: value for name, value in self.body.items() if value is not UNSET})

    def at(self, cursor: str) -> "Call":
        """Return the call for the page at a cursor."""
        return replace(self, query={**self.query, "cursor": cursor})


def joined(value: Iterable[object] | UnsetType) -> object:
    """Return a list as one parameter, separated by commas."""
    return value if isinstance(value, UnsetType) else ",".join(text for one in value for text in _texts(one))


def _texts(value: object) -> list[str]:
    if value is UNSET:
        return []
    if isinstance(value, list | tuple | set | frozenset):
        return [text for one in value for text in _texts(one)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, Enum):
        return [str(value.value)]
    return [value.isoformat() if isinstance(value, datetime) else str(value)]


@dataclass(frozen=True, slots=True)
class Send:
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    timeout: float
    streamed: bool
    """Whether the content of the answer is left to be read, unless it is a refusal."""


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class AskForToken:
    refresh: bool


def request_of(step: Send, base_url: str) -> dict[str, Any]:
    """Return the arguments of httpx."""
    return {
        "method": step.method,
        "url": base_url + step.url,
        "headers": step.headers,
        "content": step.content,
        "timeout": step.timeout,
    }


Step = Send | Pause | AskForToken
Steps = Generator[Step, Any, Sent]


@dataclass(slots=True)
class Settings:
    timeout: float
    attempts: int
    patience: float
    conditional: bool
    refreshes: bool
    """Whether the token can be asked for anew."""
    seen: OrderedDict[str, tuple[str, bytes]] = field(default_factory=OrderedDict)
    """The last answers with an ETag, by what was asked and by whom."""


def exchange(
    call: Call, options: CallOptions, settings: Settings, *, streamed: bool = False, refresh: bool = False
) -> Steps:
    """Send a call until it is answered. Raises Problem for a refusal, and NoAnswer.

    `streamed`: only the beginning of the answer is read. `refresh`: the token is known to have ended.
    """
    reads = call.method == "GET"
    key = None if reads else options.get("idempotency_key", str(uuid4()))
    url, content = call.url(), call.content()
    headers = {"Accept": f"{call.accept}, application/problem+json;q=0.5", **call.headers, **_headers(options, key)}
    if content is not None:
        headers["Content-Type"] = options.get("content_type", call.content_type)
    attempts = options.get("attempts", settings.attempts)
    patience = options.get("patience", settings.patience)
    number, refreshed = 1, refresh
    while True:
        token = yield AskForToken(refresh=refreshed)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        asked = f"{token} {call.accept} {url}"
        seen = settings.seen.get(asked) if reads and settings.conditional else None
        headers.pop("If-None-Match", None)
        if seen is not None:
            headers["If-None-Match"] = seen[0]
        timeout = options.get("timeout", settings.timeout)
        answer = yield Send(call.method, url, dict(headers), content, timeout, streamed)
        attempt = Attempt(number, repeatable=reads or key is not None, patience=patience)
        if isinstance(answer, httpx.TransportError):
            delay = delay_after_failure(attempt)
            if delay is None or number >= attempts:
                error = NoAnswer(f"no answer from {call.method} {url.partition('?')[0]}: {answer!r}")
                error.idempotency_key = key
                raise error from answer
        else:
            if answer.status_code == 304 and seen is not None:
                return Sent(answer, seen[1], key, not_modified=True)
            if answer.is_success and streamed:
                return Sent(answer, b"", key, not_modified=False)
            if answer.is_success:
                if reads:
                    _keep(settings.seen, asked, answer)
                return Sent(answer, answer.content, key, not_modified=False)
            if answer.status_code == 401 and settings.refreshes and not refreshed:
                refreshed = True
                continue
            delay = delay_after(answer, problem_document(answer).get("code"), attempt)
            if delay is None or number >= attempts:
                problem = problem_of(answer)
                problem.idempotency_key = key
                raise problem
        yield Pause(delay)
        number += 1


def _headers(options: CallOptions, key: str | None) -> dict[str, str]:
    named = {
        "Idempotency-Key": key,
        "If-Match": options.get("if_match"),
        "X-Request-Id": options.get("x_request_id"),
    }
    return {name: value for name, value in named.items() if value is not None}


def _keep(seen: OrderedDict[str, tuple[str, bytes]], asked: str, answer: httpx.Response) -> None:
    seen.pop(asked, None)
    etag = answer.headers.get("ETag")
    if etag is not None and len(answer.content) <= LARGEST_SEEN:
        seen[asked] = (etag, answer.content)
        if len(seen) > MOST_SEEN:
            seen.popitem(last=False)
