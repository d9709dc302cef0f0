"""The PostgreSQL that tests run against: DATABASE_URL's, else Docker's, else embedded; a fresh database for each."""

import gc
import os
import secrets
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from booking.entrypoints.dev.postgres import EmbeddedPostgres

DOCKER_IMAGE = "postgres:16"  # as compose.yml has it


def in_schema(url: str, schema: str) -> str:
    """Return the URL whose sessions see that schema alone."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, f"search_path={schema}")))
    return parts._replace(query=query).geturl()


@dataclass(frozen=True, slots=True)
class Server:
    """A server on which `owner_url`'s role may create databases and roles."""

    owner_url: str = field(repr=False)

    def url(self, database: str) -> str:
        return urlsplit(self.owner_url)._replace(path=f"/{database}").geturl()

    @asynccontextmanager
    async def template(self, migrate: Callable[[str], Awaitable[object]]) -> AsyncIterator[str]:
        """The name of a database to make others from: `migrate` is given its owner's URL, and keeps no connection."""
        async with self._database("template0") as name:
            await migrate(self.url(name))
            yield name

    @asynccontextmanager
    async def fresh(self, template: str) -> AsyncIterator[str]:
        """The owner's URL of a database of one's own, like the template; 10 to 20 ms."""
        async with self._database(template) as name:
            yield self.url(name)

    @asynccontextmanager
    async def _database(self, template: str) -> AsyncIterator[str]:
        name = f"test_{secrets.token_hex(8)}"  # several runs may share a server
        # Copied as files, in a third of the time that the usual way through the WAL takes for so small a one.
        await self._run(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY file_copy')
        try:
            yield name
        finally:
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.owner_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def server() -> Iterator[Server]:
    """To be entered from the main thread, see EmbeddedPostgres.start."""
    if given := os.environ.get("DATABASE_URL"):
        yield Server(given)
    elif _docker_answers():
        from testcontainers.community.postgres import PostgresContainer

        with PostgresContainer(DOCKER_IMAGE, driver=None) as container:
            yield Server(container.get_connection_url())
    else:
        with (
            tempfile.TemporaryDirectory(prefix="booking-tests-") as folder,
            EmbeddedPostgres.start(Path(folder), durable=False) as postgres,
        ):
            yield Server(postgres.superuser_url())


def _docker_answers() -> bool:
    import docker  # type: ignore[import-untyped]

    answers = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # docker does not close the socket that nobody answers on
        with suppress(docker.errors.DockerException):
            answers = docker.from_env(timeout=2).ping()
        gc.collect()
    return answers
