"""A connection lost in the commit of a request that has a key: told as without one, and nothing of it in any log."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
import structlog

from booking.adapters.postgres.engine.database import Database
from booking.adapters.tokens.minting import mint
from booking.service.rate_limits import Limits
from tests.builders import organization, screening
from tests.support.application import SECRET, application, pipeline_of
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

pytestmark = pytest.mark.anyio


class Cutting:
    """A way to the database that ends at a COMMIT: before the server hears of it, or before its answer is heard."""

    def __init__(self, target: str, *, heard: bool) -> None:
        self.target = target
        self.heard = heard
        self.cutting = False

    @asynccontextmanager
    async def url(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        parts = urlsplit(self.target)
        who = parts.netloc.rpartition("@")[0]
        port = server.sockets[0].getsockname()[1]
        try:
            yield parts._replace(netloc=f"{who}@127.0.0.1:{port}", query="").geturl()
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await self._connect()
        cut = asyncio.Event()

        async def asked() -> None:
            while piece := await reader.read(65_536):
                if self.cutting and b"COMMIT" in piece:
                    cut.set()
                    if not self.heard:
                        break
                up_writer.write(piece)

        async def answered() -> None:
            while piece := await up_reader.read(65_536):
                if cut.is_set():
                    break
                writer.write(piece)

        with suppress(OSError):
            ends = [asyncio.ensure_future(asked()), asyncio.ensure_future(answered())]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
        for one in (writer, up_writer):
            one.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.target)
        query = parse_qs(parts.query)
        if (host := query.get("host", [""])[0]).startswith("/"):
            port = query.get("port", ["5432"])[0]
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(parts.hostname, parts.port or 5432)


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("key", [None, "k"])
async def test_a_commit_in_doubt_is_told_alike_with_and_without_a_key(
    owner_url: str, heard: bool, key: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    way = Cutting(await serving_url(owner_url), heard=heard)
    async with way.url() as url:
        database = Database(url)
        try:
            store = postgres_store(database)
            agency = organization(store)
            agent, email = await agency.agent(), "ana@example.com"
            await agency.screen(screening(agency.organization_id, email=email))
            slot = await agency.slot(agent)
            await agency.policies.put(await agency.admin(), _that_asks_for_locks(), expected=None)
            limits = Limits.of(store.budgets, person=0, organization=0, writes=0)
            app: Any = application(store, pipeline_of(store, limits))
            token = mint(SECRET, subject="ana", email=email, email_verified=True, lifetime=timedelta(hours=1))
            headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=headers) as http:
                path = f"/api/v1/slots/{slot.id}/holds"
                assert (await http.get(f"/api/v1/slots/{slot.id}")).status_code == 200
                way.cutting = True
                with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as lines:
                    answer = await http.post(path)
                way.cutting = False
                again = await http.post(path)
        finally:
            await database.close()
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert (answer.json()["code"], answer.headers["Retry-After"]) == ("outcome_unknown", "1")
    assert answer.headers["X-Request-Id"]
    told = caplog.text + repr(lines)
    assert not [word for word in ("SELECT", "INSERT", "COMMIT", "UPDATE") if word in told]
    assert again.status_code == 201
    assert ("Idempotency-Replayed" in again.headers) == (key is not None and heard)
    assert len(await as_owner(owner_url, "SELECT FROM bookings WHERE slot_id = $1", UUID(str(slot.id)))) == 1


def _that_asks_for_locks() -> Any:
    from booking.domain.properties.policy import Settings

    return Settings(max_live_bookings=5)
