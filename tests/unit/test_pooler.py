"""The probe of poolers, before a pretended one: what it tells apart needs no PgBouncer to be seen."""

from typing import Any

import asyncpg
import pytest

from booking.adapters.postgres.engine.pooler import Untracked, require_tracking


class Pretended:
    """A pooler of some sessions. The session used last is given out first, unless a transaction has it."""

    def __init__(self, sessions: int, *, tracks: bool, errors: bool = True) -> None:
        self.idle: list[dict[str, str]] = [{} for _ in range(sessions)]
        self.numbers = {id(session): 100 + number for number, session in enumerate(self.idle)}
        self.tracks = tracks
        self.errors = errors

    async def connect(self) -> Any:
        return Client(self)


class Client:
    def __init__(self, pooler: Pretended) -> None:
        self.pooler = pooler
        self.own: dict[str, str] = {}
        self.held: dict[str, str] | None = None

    def get_server_pid(self) -> int:
        return 1

    def terminate(self) -> None:
        pass

    async def fetchval(self, _: str) -> int:
        return self.pooler.numbers[id(self.pooler.idle[-1])]

    def transaction(self) -> "Client":
        return self

    async def start(self) -> None:
        self.held = self.pooler.idle.pop()

    async def rollback(self) -> None:
        assert self.held is not None
        self.pooler.idle.append(self.held)
        self.held = None

    async def prepare(self, text: str, name: str) -> "Statement":
        session = self.held if self.held is not None else self.pooler.idle[-1]
        if not self.pooler.tracks and name in session and self.pooler.errors:
            raise asyncpg.DuplicatePreparedStatementError
        session.setdefault(name, text)
        self.own[name] = text
        return Statement(self, name)


class Statement:
    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name

    async def fetchrow(self) -> tuple[str, int]:
        pooler = self.client.pooler
        session = self.client.held if self.client.held is not None else pooler.idle[-1]
        if not pooler.tracks and self.name not in session and pooler.errors:
            raise asyncpg.InvalidSQLStatementNameError
        text = self.client.own[self.name] if pooler.tracks else session.get(self.name, "SELECT ''")
        return text.split("'")[1], pooler.numbers[id(session)]


@pytest.mark.parametrize("sessions", [2, 5])
async def test_where_statements_follow_their_client_nothing_is_refused(sessions: int) -> None:
    await require_tracking(Pretended(sessions, tracks=True).connect)


@pytest.mark.parametrize("errors", [True, False], ids=["an error", "a foreign statement"])
@pytest.mark.parametrize("sessions", [2, 5])
async def test_an_error_or_a_foreign_statement_is_no_tracking(sessions: int, errors: bool) -> None:
    with pytest.raises(Untracked, match="max_prepared_statements"):
        await require_tracking(Pretended(sessions, tracks=False, errors=errors).connect)


async def test_what_else_goes_wrong_is_not_taken_for_it() -> None:
    class Broken(Pretended):
        async def connect(self) -> Any:
            raise asyncpg.CannotConnectNowError

    with pytest.raises(asyncpg.CannotConnectNowError):
        await require_tracking(Broken(2, tracks=True).connect)
