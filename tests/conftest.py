"""What every test may ask for: a database server, a migrated database of one's own, and stores of both kinds."""

import logging
import os
import random
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
import structlog

from booking import logs
from booking.adapters.postgres.engine import database as engine_database
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.statements import Statement, driven
from tests.fakes import State, memory_store
from tests.support import chance, scratch
from tests.support.database import Server, in_schema, server
from tests.support.statements import EXCEPTIONS, breaches
from tests.support.stores import postgres_store
from tests.support.worlds import MemoryWorld, PostgresWorld, World, migrated_template, serving_url

chance.settle()  # before any test's settings are made of the profile's
scratch.settle()  # before anything has asked where temporary files go


@pytest.fixture(autouse=True)
def seeded(request: pytest.FixtureRequest) -> None:
    """Chance begins anew with each test, whichever ran before it."""
    seed, _ = chance.chance()
    random.seed(f"{seed} {request.node.nodeid}")


@pytest.fixture(autouse=True)
def logs_as_they_were(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test configures of logging, perhaps by a command that it runs, ends with it."""
    handlers, levels = logging.root.handlers[:], {name: logging.getLogger(name).level for name in ("", "booking")}
    monkeypatch.setattr(logs, "_straight", None)
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        logging.root.handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@pytest.fixture(autouse=True)
def statements_within_their_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is asked of PostgreSQL is what a distributed engine takes, composed statements too."""
    found: dict[str, list[str]] = {}

    def read(statement: Statement, inputs: Sequence[object]) -> tuple[str, Sequence[object]]:
        text, values = driven(statement, inputs)
        if text not in EXCEPTIONS and (rules := breaches(text)):
            found[text] = rules
        return text, values

    monkeypatch.setattr(engine_database, "driven", read)
    yield
    assert found == {}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def schema() -> str | None:
    """The schema of the tables, if it is to be another than `public`: nothing may rely on that name."""
    return os.environ.get("BOOKING_TEST_SCHEMA")


@pytest.fixture(scope="session")
async def template(postgres: Server, schema: str | None) -> AsyncIterator[str]:
    """A migrated, empty database to copy."""
    async with migrated_template(postgres, schema) as name:
        yield name


@pytest.fixture
async def owner_url(postgres: Server, template: str, schema: str | None) -> AsyncIterator[str]:
    """A migrated database of the test's own, as its owner sees it."""
    async with postgres.fresh(template) as url:
        yield in_schema(url, schema) if schema else url


@pytest.fixture
async def database(owner_url: str) -> AsyncIterator[Database]:
    """The same database, as the serving role sees it."""
    opened = Database(await serving_url(owner_url))
    yield opened
    await opened.close()


@pytest.fixture
async def elsewhere(owner_url: str) -> AsyncIterator[Database]:
    """The same database once more, as another process has it open."""
    opened = Database(await serving_url(owner_url))
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> World:
    """A store and its clock: the contract suite holds both kinds to the same behaviour."""
    if request.param == "memory":
        state = State()
        return MemoryWorld(memory_store(state), state)
    database: Database = request.getfixturevalue("database")
    return PostgresWorld(postgres_store(database), request.getfixturevalue("owner_url"), database)
