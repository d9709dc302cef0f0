"""The fast way: handlers marked `opt={"hot": True}`, called without Litestar; same steps, same answers (ADR 19).

Whatever is not plainly a request to one of them goes to Litestar, untouched: a path whose ids are not written plainly,
a browser's Origin, a header given twice, a body that is too large or not expected.
"""

import inspect
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from booking.domain.people.caller import Caller
from booking.entrypoints.http.guards import Role
from booking.entrypoints.http.idempotency import UNSAFE
from booking.entrypoints.http.inputs.decoding import (
    LARGEST_BODY,
    Body,
    Query,
    no_parameters,
    nothing_unasked,
    require_silence,
)
from booking.entrypoints.http.inputs.reader import read_query
from booking.entrypoints.http.media_types import Preferred
from booking.entrypoints.http.pipeline.steps import Answer, Handle, Piped, Pipeline, Service, encoded, provide_caller
from booking.entrypoints.http.wire import Input

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Receive

ID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"


class NotHot(TypeError):
    """A handler is marked hot, and asks for something that the fast way does not do."""


class Hot:
    """Answer a plain request to a hot handler; return None for every other request."""

    def __init__(self, app: Litestar) -> None:
        """Raise NotHot where a handler cannot be."""
        self._pipeline: Pipeline = app.state.pipeline
        self._operations: dict[str, list[_Operation]] = {}
        for route in app.routes:
            for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
                if handler.opt.get("hot"):
                    operation = _Operation(app, route.path_format, handler)
                    self._operations.setdefault(operation.method, []).append(operation)

    async def __call__(self, scope: "HTTPScope", receive: "Receive") -> Answer | None:
        given = dict(scope["headers"])
        if (found := self._find(scope, given)) is None:
            return None
        operation, handle = found
        token, comes = given.get(b"authorization"), receive if scope["method"] in UNSAFE else None
        tokens = () if token is None else (token,)
        return await self._pipeline.answer(scope, comes, tokens, handle, operation.encode, tagged=operation.tagged)

    def _find(self, scope: "HTTPScope", given: dict[bytes, bytes]) -> "tuple[_Operation, Handle] | None":
        """Find the handler of a plain request. A header that is `given` twice is Litestar's to refuse."""
        if b"origin" in given or len(given) < len(list(scope["headers"])):
            return None
        if b"%" in scope["raw_path"]:  # an encoded slash reaches no route
            return None
        for operation in self._operations.get(scope["method"], ()):
            if found := operation.path.fullmatch(scope["path"]):
                if not operation.takes(given):
                    return None
                scope["path_template"] = operation.template
                return operation, partial(operation.answer, found.groups(), scope)
        return None


class _Operation:
    """Hot handler with its arguments, but the caller, the ids in its path, the parameters and the body."""

    def __init__(self, app: Litestar, template: str, handler: HTTPRouteHandler) -> None:
        _require_known(app, handler)
        (self.method,) = handler.http_methods - {"HEAD", "OPTIONS"}
        self.template = template
        self.path = re.compile(re.sub(r"\\\{\w+\\\}", ID, re.escape(template)))
        self._handler = handler.fn
        self.encode = partial(encoded, handler.status_code)
        self.tagged = "etag" in handler.opt
        self._ids = tuple(re.findall(r"\{(\w+)\}", template))
        self._roles = [guard.require for guard in handler.resolve_guards() if isinstance(guard, Role)]
        self._query: Query[Any] | None = None
        self._body: Body[Any] | None = None
        self._preferred: Preferred | None = None
        self._always: dict[str, Any] = {}
        provided = handler.resolve_dependencies()
        for name in inspect.signature(handler.fn).parameters.keys() - {"caller", *self._ids}:
            match provided.get(name):
                case Service(service=service):
                    self._always[name] = service
                case Query() as query if name == "parameters":
                    self._query = query
                case Body() as body if name == "content":
                    self._body = body
                case Preferred() as preferred if name == "media_type":
                    self._preferred = preferred
                case _:
                    raise NotHot(f"{handler.operation_id}: {name}")
        if self._query is None and no_parameters not in handler.resolve_guards():
            raise NotHot(f"{handler.operation_id}: any parameters")

    def takes(self, given: dict[bytes, bytes]) -> bool:
        """Tell whether the body can be read here: chunked bodies say no length beforehand."""
        if b"transfer-encoding" in given:
            return False
        length = given.get(b"content-length", b"0")
        if self.method not in UNSAFE:
            return b"content-length" not in given
        return length.isdigit() and int(length) <= LARGEST_BODY

    async def answer(self, ids: tuple[str, ...], scope: "HTTPScope", caller: Caller, body: bytes) -> Answer:
        for require in self._roles:
            require(caller, scope)
        query = scope["query_string"]
        if query and self._query is None:
            read_query(query, Input)
        asked = {**self._always, **dict(zip(self._ids, ids, strict=True))}
        if self._body is not None:
            asked["content"] = self._body.read(caller, body)
        else:
            require_silence(body)
        if self._query is not None:
            asked["parameters"] = self._query.read(query)
        if self._preferred is not None:
            asked["media_type"] = self._preferred.read(scope["headers"])
        return self.encode(await self._handler(caller=caller, **asked))


def _require_known(app: Litestar, handler: HTTPRouteHandler) -> None:
    """Raise NotHot where something is to be done about this handler that the fast way does not do."""
    for guard in handler.resolve_guards():
        if guard is not no_parameters and not isinstance(guard, Role):
            raise NotHot(f"{handler.operation_id}: guard {guard}")
    for name, provided in handler.resolve_dependencies().items():
        if not isinstance(provided, Service | Query | Body | Preferred) and provided.dependency is not provide_caller:
            raise NotHot(f"{handler.operation_id}: dependency {name}")
    done_here = (
        handler.resolve_middleware() == [Piped],
        handler.resolve_before_request() is nothing_unasked,
        handler.resolve_exception_handlers() == app.exception_handlers,
    )
    others = (
        handler.after_request,
        handler.resolve_after_response(),
        handler.resolve_response_headers(),
        handler.resolve_response_cookies(),
        handler.cache,
        handler.background,
    )
    if not all(done_here) or any(others):
        raise NotHot(f"{handler.operation_id}: hooks")
