"""What the service stands on, or the service itself, taken away while clients go on."""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from booking.entrypoints.dev.postgres import EmbeddedPostgres, EmbeddedPostgresError
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE, Load
from tests.chaos.proxy import Proxy, proxied
from tests.chaos.scene import Scene, crowd, judged, scene
from tests.chaos.service import Instance, instance
from tests.support.database import Server

HOST = "127.0.0.1"
KILLS_IN_A_ROW = 10  # on a busy machine it may not even come up in between, and nobody waits for ever


def killed_service(rounds: int, folder: Path, server: Server) -> Figures:
    """`kill -9` at random instants under load; whoever was in doubt asks again with the same key."""
    figures = Figures(fault="`kill -9` of the service under load", rounds=rounds)
    with crowd(server) as made, instance(made.serving_url, folder) as running:
        with Load(lambda: running.address, made.tokens, made.slots) as load:
            load.await_told(1)
            for number in range(1, rounds + 1):
                time.sleep(0.2 + random.random() * 0.5)  # of which it starts for 0.2 to 0.3
                running.kill()
                running.start()
                if number % KILLS_IN_A_ROW == 0:
                    load.await_told(load.told + 20)
            load.await_told(load.told + 20)
        return asyncio.run(judged(figures, made, load))


def terminated_backends(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(fault="`pg_terminate_backend` of the service's connections", rounds=rounds)

    async def strike(made: Scene) -> None:
        connection = await asyncpg.connect(made.owner_url)
        for _ in range(rounds):
            await asyncio.sleep(random.random() * 0.3)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5"
            )
        await connection.close()

    with crowd(server) as made, instance(made.serving_url, folder) as running:
        with Load(lambda: running.address, made.tokens, made.slots) as load:
            load.await_told(1)
            asyncio.run(strike(made))
            load.await_told(load.told + 20)
        figures = asyncio.run(judged(figures, made, load))
        return same_instance(figures, running)


def killed_postmaster(rounds: int, folder: Path, _server: Server) -> Figures:
    figures = Figures(fault="`kill -9` of the postmaster", rounds=rounds)
    with mortal_server(folder) as (own, kill), scene(own) as made, instance(made.serving_url, folder) as running:
        with Load(lambda: running.address, made.tokens, made.slots) as load:
            load.await_told(1)
            for _ in range(rounds):
                time.sleep(random.random() * 0.5)
                kill()
                load.await_told(load.told + 5)
        return same_instance(asyncio.run(judged(figures, made, load)), running)


@contextmanager
def mortal_server(folder: Path) -> Iterator[tuple[Server, Callable[[], None]]]:
    """A durable server of its own, and how to kill and start it again on the same data; a proxy keeps its address."""
    data = Path(tempfile.mkdtemp(prefix="chaos-", dir=folder))
    postgres = EmbeddedPostgres.start(data, durable=True)
    try:
        with proxied((HOST, postgres.port)) as proxy:

            def kill() -> None:
                nonlocal postgres
                os.kill(postgres.pid, signal.SIGKILL)
                postgres.stop()  # which reaps it
                postgres = _started_again(data)
                proxy.target = (HOST, postgres.port)

            yield Server(_at(postgres.superuser_url(), proxy.port)), kill
    finally:
        postgres.stop()


def _started_again(data: Path) -> EmbeddedPostgres:
    """As soon as what the old one left behind is gone."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return EmbeddedPostgres.start(data, durable=True)
        except EmbeddedPostgresError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _at(url: str, port: int) -> str:
    credentials, _, _ = urlsplit(url).netloc.rpartition("@")
    return urlsplit(url)._replace(netloc=f"{credentials}@{HOST}:{port}").geturl()


def faulty_network(rounds: int, folder: Path, server: Server) -> Figures:
    """Between the service and its database: delayed, cut, half-open and reset in turn."""
    figures = Figures(fault="a network that delays, cuts, half-opens and resets", rounds=rounds)
    parts = urlsplit(server.owner_url)
    with scene(server) as made, proxied((parts.hostname or HOST, parts.port or 5432)) as proxy:
        through = _at(made.serving_url, proxy.port)
        faults: list[Callable[[Proxy], None]] = [Proxy.cut, Proxy.reset, Proxy.half_open]
        with instance(through, folder) as running:
            with Load(lambda: running.address, made.tokens, made.slots) as load:
                load.await_told(1)
                for number in range(rounds):
                    proxy.delay(0.02 if number % 4 == 3 else 0.0)
                    random.choice(faults)(proxy)
                    time.sleep(random.random() * 0.1)
                proxy.delay(0.0)
                load.await_told(load.told + 20)
            return same_instance(asyncio.run(judged(figures, made, load)), running)


def same_instance(figures: Figures, running: Instance) -> Figures:
    if running.process is None or not running.process.is_alive():
        figures.faults.append("the service did not survive it")
    return figures
