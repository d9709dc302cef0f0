"""The steps of a request from its token to its answer, in the order that the package tells."""

from collections.abc import Awaitable, Callable, Sequence
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeAlias, cast
from urllib.parse import parse_qs

import msgspec
from litestar import Request, Response
from litestar.di import Provide

from booking.domain.people.caller import Caller
from booking.domain.rate_limit import Allowance, Spender
from booking.domain.refusals import MalformedRequest, RateLimited, Refusal, Unauthenticated
from booking.domain.values import replace
from booking.entrypoints.http.idempotency import UNSAFE, asked_by, decrypted, kept_answer, key_in, told_answer
from booking.entrypoints.http.inputs.decoding import LARGEST_BODY
from booking.entrypoints.http.problems import MEDIA_TYPE, fault, problem_response
from booking.entrypoints.http.rate_limit_headers import ratelimit_headers
from booking.entrypoints.http.revalidation import revalidated
from booking.service.delivery.stream_tickets import TicketService
from booking.service.people.identity import IdentityService
from booking.service.ports import Answers, Cipher, Directory, Tokens
from booking.service.rate_limits import ANYWHERE, Limit, Limits
from booking.tracing import spans

if TYPE_CHECKING:
    from uuid import UUID

    from litestar.handlers import HTTPRouteHandler
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

    from booking.domain.idempotency import Answer as Kept
    from booking.entrypoints.http.event_stream import EventStream

JSON = [(b"content-type", b"application/json")]
PROBLEM = [(b"content-type", MEDIA_TYPE.encode())]

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]
WITHOUT_LENGTH = {204, 304}
STREAM = "stream"
"""Name in a request's state under which a handler leaves the body that is sent as it comes."""
CLAIMS, TICKET, CALLER = "claims", "ticket", "caller"
"""Names in a request's state of what it was let in by."""
Answer: TypeAlias = tuple[int, Headers, bytes]
"""Without a length, which the pipeline adds."""
Encode: TypeAlias = Callable[[object], Answer]
"""Encodes what a handler returns."""
Handle: TypeAlias = Callable[[Caller, bytes], Awaitable[Answer]]
"""Decodes the body, does what is asked, and encodes; refuses by raising."""

_encode = msgspec.json.Encoder().encode


class Pipeline:
    """The steps, for the fast way and for Litestar's alike."""

    def __init__(
        self,
        tokens: Tokens,
        identity: IdentityService,
        limits: Limits,
        answers: Answers,
        directory: Directory,
        tickets: TicketService,
        cipher: Cipher,
    ) -> None:
        self.tokens = tokens
        self.identity = identity
        self.limits = limits
        self.answers = answers
        self.directory = directory
        self.tickets = tickets
        self.cipher = cipher

    async def answer(
        self,
        scope: "HTTPScope",
        receive: "Receive | None",
        tokens: Sequence[bytes],
        handle: Handle,
        encode: Encode,
        *,
        tagged: bool = False,
        largest: int = LARGEST_BODY,
        ticket: str | None = None,
        secret: bool = False,
        keeps: bool = True,
    ) -> Answer:
        """Answer a request with these Authorization headers; never raises. `receive` is None where no body can come.

        `ticket`: in place of a token. `secret`: the answer may hold one. `keeps`: whether a key keeps the answer.
        `encode`: as `handle` encodes. `tagged`: with an entity tag, or 304 to a viewer who has the answer."""
        spent: list[Allowance] = []
        try:
            answer = await self._steps(scope, receive, tokens, handle, encode, spent, largest, ticket, secret, keeps)
            if tagged:
                answer = revalidated(scope["headers"], *answer)
        except RateLimited as refusal:
            spent.append(refusal.allowance)
            answer = _problem(scope, refusal)
        except Refusal as refusal:
            answer = _problem(scope, refusal)
        except Exception as error:
            answer = _problem(scope, fault(error))
        status, headers, body = answer
        whole = [*headers] if status in WITHOUT_LENGTH else [*headers, (b"content-length", b"%d" % len(body))]
        if spent:
            whole += ratelimit_headers(spent)
        return status, whole, body

    async def _steps(
        self,
        scope: "HTTPScope",
        receive: "Receive | None",
        tokens: Sequence[bytes],
        handle: Handle,
        encode: Encode,
        spent: list[Allowance],
        largest: int,
        ticket: str | None,
        secret: bool,
        keeps: bool,
    ) -> Answer:
        state = cast("Any", scope)["state"]
        if ticket is None:
            claims = await self.tokens.verify(bearer(*tokens))
        else:
            taken = state[TICKET] = await self.tickets.take(ticket)
            claims = taken.claims
        state[CLAIMS] = claims
        await _spend(spent, self.limits.person, ANYWHERE, claims.subject)
        body = b"" if receive is None else await whole_body(receive, largest)
        caller = state[CALLER] = await self.identity.identify(claims, state["request_id"])
        await _spend(spent, self.limits.organization, caller.home, "")
        if scope["method"] not in UNSAFE:
            return await handle(caller, body)
        await _spend(spent, self.limits.writes_of(caller), caller.home, caller.subject)
        key = key_in(scope["headers"])
        if key is None or not keeps or (secret and not self.cipher.ready):  # a secret is kept encrypted, or not at all
            return await handle(caller, body)

        cipher = self.cipher if secret else None
        asked = asked_by(caller, key, scope, body, encode, cipher)

        async def answer() -> "Kept":
            try:
                given = kept_answer(await handle(replace(caller, asked=asked), body), asked, cipher)
            except RateLimited:
                raise
            except Refusal as refusal:
                given = kept_answer(_problem(scope, refusal), asked, cipher)
            return (asked.outcome.kept or given) if given.final else given

        told = decrypted(await self.answers.once(asked, answer), asked, self.cipher)
        return await told_answer(told, self.directory)


class Piped:
    """ASGI middleware: take a request that Litestar has routed through the pipeline, and send the whole answer."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        stream: EventStream | None = None

        async def handle(caller: Caller, body: bytes) -> Answer:
            """Call Litestar's handler in a copy of the scope: it makes notes there, and may be called again."""
            nonlocal stream
            state = {name: copy(noted) for name, noted in scope["state"].items()} | {CALLER: caller, "body": body}
            sent: list[Any] = []

            async def keep(message: "Message") -> None:
                sent.append(message)

            await self.app(cast("Any", {**scope, "state": state}), receive, keep)
            stream = state.get(STREAM)
            start, *parts = sent
            headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            return start["status"], headers, b"".join(part["body"] for part in parts)

        tokens = [value for name, value in scope["headers"] if name == b"authorization"]
        pipeline: Pipeline = cast("Any", scope)["litestar_app"].state.pipeline
        handler: HTTPRouteHandler = cast("Any", scope)["route_handler"]
        encode, tagged = partial(encoded, handler.status_code), "etag" in handler.opt
        asked = cast("HTTPScope", scope)
        largest = handler.opt.get("largest_body", LARGEST_BODY)
        ticket = ticket_in(asked["query_string"]) if "ticket" in handler.opt else None
        try:
            status, headers, body = await pipeline.answer(
                asked,
                receive,
                tokens,
                handle,
                encode,
                tagged=tagged,
                largest=largest,
                ticket=ticket,
                secret="secret" in handler.opt,
                keeps="never_kept" not in handler.opt,
            )
            if stream is not None:
                headers = [(name, value) for name, value in headers if name != b"content-length"]
            await send(cast("Any", {"type": "http.response.start", "status": status, "headers": headers}))
            if stream is None or "without_body" in asked["state"]:
                await send({"type": "http.response.body", "body": body, "more_body": False})
            else:
                spans.use(())  # it takes hours, and is no step of what was asked
                await stream.send(receive, send)
        finally:
            if stream is not None:
                stream.close()


class Service(Provide):
    """Dependency of handlers: use cases, by their capability's name."""

    def __init__(self, service: object) -> None:
        async def provide() -> Any:
            return service

        super().__init__(provide)
        self.service = service

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        """Return self. Why: Litestar copies all that belongs to a router, and there is one of each service."""
        return self


def encoded(status: int, content: object) -> Answer:
    """Encode a handler's result; `status` holds unless the result has its own."""
    if content is None:
        return status, [], b""
    if not isinstance(content, Response):
        return status, JSON, _encode(content)
    headers = [(name.lower().encode(), value.encode()) for name, value in content.headers.items()]
    if isinstance(content.content, bytes):  # encoded already, and named by its own Content-Type
        return content.status_code or status, headers, content.content
    return content.status_code or status, [*JSON, *headers], _encode(content.content)


async def provide_caller(request: Request[Any, Any, Any]) -> Caller:
    caller: Caller = request.state.caller
    return caller


def bearer(given: bytes | None = None, *others: bytes) -> str:
    """Return the only token in the Authorization headers; raise Unauthenticated for none, several or another scheme."""
    if given is None:
        raise Unauthenticated(token_given=False)
    scheme, _, token = given.decode("latin-1").partition(" ")
    if others or scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("the Authorization header must read: Bearer, a space, the token")
    return token.strip()


def ticket_in(query: bytes) -> str | None:
    """Return the ticket among the parameters, if any."""
    given = parse_qs(query.decode("latin-1")).get("ticket")
    return given[0] if given else None


async def whole_body(receive: "Receive", largest: int) -> bytes:
    """Read the body up to the limit; raise MalformedRequest where the caller goes before its end."""
    body, more = b"", True
    while more and len(body) <= largest:
        message: Any = await receive()
        if message["type"] != "http.request":
            raise MalformedRequest("the caller went before the body was whole")
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def _spend(spent: list[Allowance], limit: Limit, organization_id: "UUID", who: str) -> None:
    """Spend a request of a limit, unless there is none; raise RateLimited where it is used up."""
    if limit.limit:
        at_hand = limit.spend_at_hand(organization_id, who)
        spent.append(at_hand or await limit.spend(Spender(organization_id, who)))


def _problem(scope: "HTTPScope", refusal: Refusal) -> Answer:
    found = problem_response(scope["path"], refusal)
    headers = [(name.lower().encode(), value.encode()) for name, value in found.headers.items()]
    return found.status, [*PROBLEM, *headers], found.body
