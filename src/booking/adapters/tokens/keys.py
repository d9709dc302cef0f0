"""Cache of the issuer's signing keys, fetched over HTTP. Known keys stay in use while the issuer is down."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx

from booking.adapters.tokens.verifying_keys import VerifyingKey
from booking.domain.refusals import Unavailable

STALE_AFTER = 600.0  # seconds; how long a key that the issuer withdrew goes on counting
FETCH_EVERY = (
    5.0  # seconds from one fetch to the next at least; tokens with invented key ids must not hammer the issuer
)
FETCH_TIMEOUT = 2.0  # seconds for the whole fetch: requests wait for it
LARGEST_BODY = 65_536  # bytes; a key set has a handful of keys of less than 1 KiB each
ALGORITHMS = ("ES256", "RS256")
MOST_MISSING = 1024  # key ids

Monotonic = Callable[[], float]

log = logging.getLogger(__name__)


class KeyFetchError(Exception):
    """The issuer's answer is not a key set; the message says why."""


class KeyCache:
    """Cache of the keys that `read` decodes from the document; an exception of `read` counts as a failed fetch.

    A token's key is chosen by its id and its algorithm; a key without an id fits every token, and any key a token
    without one.
    """

    def __init__(
        self,
        url: str,
        read: Callable[[bytes], Sequence[VerifyingKey]],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._url = httpx.URL(url)
        self._read = read
        self._client = httpx.AsyncClient(transport=transport, timeout=FETCH_TIMEOUT, follow_redirects=False)
        self._monotonic = monotonic
        self._keys: Sequence[VerifyingKey] = ()
        self._reachable = True
        self._useful = True
        self._fetched_at = self._begun_at = -math.inf
        self._fetches_begun = 0
        self._fetch: asyncio.Task[None] | None = None
        self._missing: set[str] = set()

    async def find(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        """The keys that such a token may be signed by; Unavailable if no issuer ever told.

        Known keys are given at once, even if it is time to look for newer ones: nobody waits for that. Only an id that
        is not known waits for a fetch that begins after it was asked for.
        """
        if algorithm not in ALGORITHMS:
            return ()
        if self._monotonic() - self._fetched_at > STALE_AFTER:
            self._soon()
        found = self._known(kid, algorithm)
        if not found and not any(kid is None or key.kid == kid for key in self._keys):
            found = await self._known_later(kid, algorithm)
        if not found and not self._keys and not self._reachable:
            raise Unavailable("the issuer's signing keys cannot be fetched")
        return found

    async def find_newer(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        """Keys of a newer fetch, where the id is none by which a new key could be told from the one before it.

        Why: an issuer of keys without ids, or that gives a new key the id of the last one, rotates them too.
        """
        known = self._known(kid, algorithm)
        if not known:
            return ()
        self._soon()
        if kid is not None and all(key.kid == kid for key in known):
            return ()
        return await self._known_later(kid, algorithm)

    async def aclose(self) -> None:
        if self._fetch is not None:
            self._fetch.cancel()
            with suppress(asyncio.CancelledError):
                await self._fetch
        await self._client.aclose()

    def _known(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        return [
            key
            for key in self._keys
            if key.algorithm == algorithm and (kid is None or key.kid is None or key.kid == kid)
        ]

    async def _known_later(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        """What a fetch brings that begins from now on; one that is under way already is looked at, too."""
        asked_at = self._fetches_begun
        mark = f"{algorithm}:{kid or ''}"
        while True:
            if mark in self._missing and self._wait() > 0:
                return ()  # the last fetch, begun after somebody asked for it, did not bring it
            # Shielded: others wait for the same fetch, and must not lose it when one of them hangs up.
            await asyncio.shield(self._next())
            if found := self._known(kid, algorithm):
                return found
            if self._fetches_begun > asked_at or not self._reachable:
                if len(self._missing) < MOST_MISSING:
                    self._missing.add(mark)
                return ()

    def _wait(self) -> float:
        """Seconds until a fetch may begin."""
        return self._begun_at + FETCH_EVERY - self._monotonic()

    def _soon(self) -> None:
        """Fetch without anybody waiting for it, unless that was done a moment ago."""
        if self._wait() <= 0:
            self._next()

    def _next(self) -> asyncio.Task[None]:
        """The fetch that is under way or waits for its time, or a new one that does."""
        if self._fetch is None or self._fetch.done():
            self._fetch = asyncio.create_task(self._renew())
        return self._fetch

    async def _renew(self) -> None:
        if (wait := self._wait()) > 0:
            await asyncio.sleep(wait)
        self._begun_at = begun_at = self._monotonic()
        self._fetches_begun += 1
        self._missing.clear()
        try:
            keys = self._read(await self._body())
        except Exception as error:  # whatever the network or the answer did: the known keys go on working
            if self._reachable:
                log.warning("the issuer's signing keys cannot be fetched: %r", error)
            self._reachable = False
            return
        if not self._reachable:
            log.warning("the issuer's signing keys can be fetched again")
        if self._useful and not keys:
            log.warning("the issuer publishes no key of use here (EC P-256, or RSA of 2048 bits): no token is believed")
        # An answer without any key counts too: the issuer may have had to withdraw them all.
        self._keys, self._reachable, self._useful, self._fetched_at = keys, True, bool(keys), begun_at

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
