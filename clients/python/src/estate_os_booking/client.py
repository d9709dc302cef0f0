"""The clients: one that waits, and an asynchronous one."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, Unpack
from uuid import UUID

import httpx
from msgspec import UNSET, UnsetType

from estate_os_booking._generated.models import Overrides, Policy, PolicyResponse, PropertyPolicyResponse
from estate_os_booking._generated.operations import AsyncOperations, Operations
from estate_os_booking.answer import decoded, items_of
from estate_os_booking.exchange import (
    AskForToken,
    Call,
    CallOptions,
    Pause,
    Send,
    Settings,
    Steps,
    exchange,
    request_of,
)
from estate_os_booking.feed import BEGINNING, END, AsyncFeed, Feed
from estate_os_booking.result import RateLimit, Result, Sent
from estate_os_booking.update import Changes, UpdateOptions, update

__all__ = [
    "AsyncBookingClient",
    "AsyncFeed",
    "AsyncTokenProvider",
    "BookingClient",
    "CallOptions",
    "Feed",
    "RateLimit",
    "Result",
    "TokenProvider",
]

TokenProvider = Callable[[bool], str]
"""Gives the token of whoever is signed in; True once the service has refused the one before."""
AsyncTokenProvider = Callable[[bool], str | Awaitable[str]]


class BookingClient(Operations):
    """A client of the booking service: a method for each operation. Refusals are raised by their code."""

    def __init__(
        self,
        base_url: str,
        token: str | TokenProvider | None = None,
        *,
        timeout: float = 15.0,
        attempts: int = 4,
        patience: float = 30.0,
        conditional: bool = True,
        http: httpx.Client | None = None,
    ) -> None:
        """Make a client.

        `timeout`: seconds for each step of an attempt. `patience`: seconds to wait at most where `Retry-After` asks for
        it. `conditional`: whether to send `If-None-Match` for what was seen before. `http`: a client of your own, which
        you close.
        """
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._settings = Settings(timeout, attempts, patience, conditional, refreshes=callable(token))
        self._http = http or httpx.Client()
        self._owns_http = http is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        if self._owns_http:
            self._http.close()

    def follow(self, *, after: str | None = END, types: Sequence[str] | UnsetType = UNSET, live: bool = True) -> Feed:
        """Return what happens, as it happens: `for event in client.follow()`.

        `after`: the position to go on from, as a Feed or `list_events` gave it; None for the oldest event that is kept.
        Unless said, only what happens from now on is heard. `types`: only events of these types. `live`: whether to
        read a stream wherever one can be had; without, the feed is asked again and again.
        """
        return Feed(self.list_events, self._open, after, types, self._settings.timeout, live=live)

    def update_policy(
        self, change: Callable[[Policy], Changes | None], **options: Unpack[UpdateOptions]
    ) -> Result[PolicyResponse]:
        """Change the organization's rules as they are now, and again if somebody was faster. None leaves them."""
        sent = self._run(update("/api/v1/policy", {}, PolicyResponse, "policy", change, options, self._settings))
        return sent.result(decoded(sent, PolicyResponse))

    def update_property_policy(
        self, property_id: UUID | str, change: Callable[[Overrides], Changes | None], **options: Unpack[UpdateOptions]
    ) -> Result[PropertyPolicyResponse]:
        """Change what a property overrides as it is now, and again if somebody was faster. None leaves it."""
        path, named = "/api/v1/properties/{property_id}/policy", {"property_id": property_id}
        sent = self._run(update(path, named, PropertyPolicyResponse, "overrides", change, options, self._settings))
        return sent.result(decoded(sent, PropertyPolicyResponse))

    def _call(self, call: Call, answer: Any, options: CallOptions) -> Any:
        sent = self._run(exchange(call, options, self._settings))
        return sent.result(decoded(sent, answer))

    def _items(self, call: Call, answer: Any, options: CallOptions) -> Iterator[Any]:
        while True:
            page = self._call(call, answer, options).data
            yield from items_of(page)
            if page.next_cursor is None:
                return
            call = call.at(page.next_cursor)

    def _open(self, call: Call, silence: float, *, refresh: bool) -> httpx.Response:
        options = CallOptions(timeout=silence, attempts=1)
        return self._run(exchange(call, options, self._settings, streamed=True, refresh=refresh)).response

    def _run(self, steps: Steps) -> Sent:
        came: object = None
        while True:
            try:
                step = steps.send(came)
            except StopIteration as done:
                sent: Sent = done.value
                return sent
            match step:
                case AskForToken(refresh=refresh):
                    came = self._token(refresh) if callable(self._token) else self._token
                case Pause(seconds=seconds):
                    time.sleep(seconds)
                    came = None
                case Send():
                    try:
                        request = self._http.build_request(**request_of(step, self._base_url))
                        came = self._http.send(request, stream=step.streamed)
                        if not came.is_success:
                            came.read()
                    except httpx.TransportError as failed:
                        came = failed


class AsyncBookingClient(AsyncOperations):
    """As BookingClient, for asyncio."""

    def __init__(
        self,
        base_url: str,
        token: str | AsyncTokenProvider | None = None,
        *,
        timeout: float = 15.0,
        attempts: int = 4,
        patience: float = 30.0,
        conditional: bool = True,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Make a client; see BookingClient. The token may be awaited for."""
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._settings = Settings(timeout, attempts, patience, conditional, refreshes=callable(token))
        self._http = http or httpx.AsyncClient()
        self._owns_http = http is None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        if self._owns_http:
            await self._http.aclose()

    def follow(
        self, *, after: str | None = END, types: Sequence[str] | UnsetType = UNSET, live: bool = True
    ) -> AsyncFeed:
        """Return what happens, as it happens: `async for event in client.follow()`; see BookingClient."""
        return AsyncFeed(self.list_events, self._open, after, types, self._settings.timeout, live=live)

    async def update_policy(
        self, change: Callable[[Policy], Changes | None], **options: Unpack[UpdateOptions]
    ) -> Result[PolicyResponse]:
        """Change the organization's rules as they are now, and again if somebody was faster. None leaves them."""
        sent = await self._run(update("/api/v1/policy", {}, PolicyResponse, "policy", change, options, self._settings))
        return sent.result(decoded(sent, PolicyResponse))

    async def update_property_policy(
        self, property_id: UUID | str, change: Callable[[Overrides], Changes | None], **options: Unpack[UpdateOptions]
    ) -> Result[PropertyPolicyResponse]:
        """Change what a property overrides as it is now, and again if somebody was faster. None leaves it."""
        path, named = "/api/v1/properties/{property_id}/policy", {"property_id": property_id}
        sent = await self._run(
            update(path, named, PropertyPolicyResponse, "overrides", change, options, self._settings)
        )
        return sent.result(decoded(sent, PropertyPolicyResponse))

    async def _call(self, call: Call, answer: Any, options: CallOptions) -> Any:
        sent = await self._run(exchange(call, options, self._settings))
        return sent.result(decoded(sent, answer))

    async def _items(self, call: Call, answer: Any, options: CallOptions) -> AsyncIterator[Any]:
        while True:
            page = (await self._call(call, answer, options)).data
            for item in items_of(page):
                yield item
            if page.next_cursor is None:
                return
            call = call.at(page.next_cursor)

    async def _open(self, call: Call, silence: float, *, refresh: bool) -> httpx.Response:
        options = CallOptions(timeout=silence, attempts=1)
        return (await self._run(exchange(call, options, self._settings, streamed=True, refresh=refresh))).response

    async def _run(self, steps: Steps) -> Sent:
        came: object = None
        while True:
            try:
                step = steps.send(came)
            except StopIteration as done:
                sent: Sent = done.value
                return sent
            match step:
                case AskForToken(refresh=refresh):
                    came = self._token(refresh) if callable(self._token) else self._token
                    if inspect.isawaitable(came):
                        came = await came
                case Pause(seconds=seconds):
                    await asyncio.sleep(seconds)
                    came = None
                case Send():
                    request = self._http.build_request(**request_of(step, self._base_url))
                    try:
                        async with asyncio.timeout(BEGINNING if step.streamed else None):
                            came = await self._http.send(request, stream=step.streamed)
                            if not came.is_success:
                                await came.aread()
                    except TimeoutError:
                        came = httpx.ReadTimeout(f"no stream within {BEGINNING} s")
                    except httpx.TransportError as failed:
                        came = failed
