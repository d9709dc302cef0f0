"""The application of `booking dev`: an instance that can be begun anew, on a new database, while the server goes on."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from booking.domain.refusals import Unavailable
from booking.entrypoints.http.problems import send_refusal

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

CONTROL = "/dev/"


class Living(Protocol):
    """A process of the service, wired."""

    @property
    def app(self) -> "ASGIApp": ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """Run the background jobs until the end of the block."""

    def drain(self) -> None: ...


L = TypeVar("L", bound=Living)


class Development(Generic[L]):
    """ASGI application: the instance that lives now, if any, and its control under `/dev/`."""

    def __init__(self, make: Callable[[], L], control: "ASGIApp") -> None:
        self._make = make
        self._control = control
        self._running = AsyncExitStack()
        self.instance: L | None = None

    async def begin(self) -> L:
        """Make an instance, and run its jobs."""
        instance = self._make()
        await self._running.enter_async_context(instance.running())
        self.instance = instance
        return instance

    async def end(self) -> None:
        """End it in good order; requests are refused until the next begins."""
        self.drain()
        self.instance = None
        await self._running.aclose()

    def drain(self) -> None:
        if self.instance is not None:
            self.instance.drain()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if cast("Any", scope)["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"].startswith(CONTROL):
            await self._control(scope, receive, send)
        elif self.instance is not None:
            await self.instance.app(scope, receive, send)
        else:
            await send_refusal(send, scope["path"], Unavailable("this instance is being reset"))

    async def _live(self, receive: "Receive", send: "Send") -> None:
        await receive()
        try:
            await self.begin()
        except Exception as error:
            await send(cast("Any", {"type": "lifespan.startup.failed", "message": type(error).__name__}))
            raise
        await send(cast("Any", {"type": "lifespan.startup.complete"}))
        await receive()
        await self.end()
        await send(cast("Any", {"type": "lifespan.shutdown.complete"}))
