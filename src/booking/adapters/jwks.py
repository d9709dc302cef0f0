"""The issuer's signing keys, fetched over HTTP and kept: what is known goes on working while the issuer is down."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Generic, TypeVar

import httpx

from booking.domain.errors import Unavailable

STALE_AFTER = 600.0  # seconds; how long a key that the issuer withdrew goes on counting
RETRY_AFTER = 30.0  # seconds; tokens with invented key ids must not make us hammer the issuer
FETCH_TIMEOUT = 2.0  # seconds for the whole fetch: requests wait for it
LARGEST_BODY = 65_536  # bytes; a key set has a handful of keys of less than 1 KiB each

Key = TypeVar("Key")
Monotonic = Callable[[], float]

log = logging.getLogger(__name__)


class KeyFetchError(Exception):
    """The issuer's answer is not a key set; the message says why."""


class KeyCache(Generic[Key]):
    """Keys by their id, as `read` makes them of the document's bytes; what it raises counts as a failed fetch."""

    def __init__(
        self,
        url: str,
        read: Callable[[bytes], Mapping[str, Key]],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._url = httpx.URL(url)
        self._read = read
        self._client = httpx.AsyncClient(transport=transport, timeout=FETCH_TIMEOUT, follow_redirects=False)
        self._monotonic = monotonic
        self._keys: Mapping[str, Key] = {}
        self._reachable = True
        self._fetched_at = self._tried_at = -math.inf
        self._fetch: asyncio.Task[None] | None = None

    async def find(self, kid: str | None) -> Key | None:
        """The key by that name (nameless: the only one there is), or None; Unavailable if no issuer ever told.

        A known key is given at once, even if it is time to look for newer ones: nobody waits for that.
        """
        if self._monotonic() - self._fetched_at > STALE_AFTER:
            self._latest_fetch()
        key = self._known(kid)
        if key is None and (kid is not None or not self._keys):
            # Shielded: others wait for the same fetch, and must not lose it when one of them hangs up.
            await asyncio.shield(self._latest_fetch())
            key = self._known(kid)
        if key is None and not self._keys and not self._reachable:
            raise Unavailable("the issuer's signing keys cannot be fetched")
        return key

    async def aclose(self) -> None:
        if self._fetch is not None:
            self._fetch.cancel()
            with suppress(asyncio.CancelledError):
                await self._fetch
        await self._client.aclose()

    def _known(self, kid: str | None) -> Key | None:
        if kid is not None:
            return self._keys.get(kid)
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    def _latest_fetch(self) -> asyncio.Task[None]:
        """One under way or ended, well or not, if it was begun a moment ago; else a new one."""
        now = self._monotonic()
        if self._fetch is None or (self._fetch.done() and now - self._tried_at >= RETRY_AFTER):
            self._tried_at = now
            self._fetch = asyncio.create_task(self._renew(now))
        return self._fetch

    async def _renew(self, now: float) -> None:
        try:
            keys = self._read(await self._body())
        except Exception as error:  # whatever the network or the answer did: the known keys go on working
            if self._reachable:
                log.warning("the issuer's signing keys cannot be fetched: %r", error)
            self._reachable = False
            return
        if not self._reachable:
            log.warning("the issuer's signing keys can be fetched again")
        # An answer without any key counts too: the issuer may have had to withdraw them all.
        self._keys, self._reachable, self._fetched_at = keys, True, now

    async def _body(self) -> bytes:
        """At most `LARGEST_BODY` bytes, uncompressed, for a small answer must not unfold into a huge one."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with asyncio.timeout(FETCH_TIMEOUT), self._client.stream("GET", self._url, headers=headers) as response:
            if response.status_code != httpx.codes.OK:
                raise KeyFetchError(f"status {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise KeyFetchError(f"more than {LARGEST_BODY} bytes")
            return bytes(body)
