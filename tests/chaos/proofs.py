"""The proofs: each injects a fault for so many rounds, and says what was lost or doubled."""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from booking.entrypoints.dev.postgres import EmbeddedPostgres, EmbeddedPostgresError
from tests.chaos.figures import Figures
from tests.chaos.histories import histories
from tests.chaos.load import Client, Load
from tests.chaos.proxy import Proxy, proxied
from tests.chaos.relays import stopped_relays
from tests.chaos.scene import Scene, delivered, judged, scene
from tests.chaos.service import Instance, instance
from tests.support.database import Server

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds until what must come counts as not coming


def killed_service(rounds: int, folder: Path, server: Server) -> Figures:
    """`kill -9` at random instants under load; whoever was in doubt asks again with the same key."""
    figures = Figures(fault="`kill -9` of the service under load", rounds=rounds)
    with scene(server) as made, instance(made.serving_url, folder) as running:
        with Load(lambda: running.address, made.tokens, made.slots) as load:
            _told(load, 1)
            for _ in range(rounds):
                time.sleep(0.2 + random.random() * 0.5)  # of which it starts for 0.2 to 0.3
                running.kill()
                running.start()
            _told(load, load.told + 20)
        return asyncio.run(_judged(figures, made, load))


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

    with scene(server) as made, instance(made.serving_url, folder) as running:
        with Load(lambda: running.address, made.tokens, made.slots) as load:
            _told(load, 1)
            asyncio.run(strike(made))
            _told(load, load.told + 20)
        figures = asyncio.run(_judged(figures, made, load))
        return _same_instance(figures, running)


def killed_postmaster(rounds: int, folder: Path, _server: Server) -> Figures:
    """Of a durable server of its own, which is started again on the same data; the proxy keeps its address."""
    figures = Figures(fault="`kill -9` of the postmaster", rounds=rounds)
    data = Path(tempfile.mkdtemp(prefix="chaos-", dir=folder))
    postgres = EmbeddedPostgres.start(data, durable=True)
    try:
        with proxied((HOST, postgres.port)) as proxy:
            own = Server(_at(postgres.superuser_url(), proxy.port))
            with scene(own) as made, instance(made.serving_url, folder) as running:
                with Load(lambda: running.address, made.tokens, made.slots) as load:
                    _told(load, 1)
                    for _ in range(rounds):
                        time.sleep(random.random() * 0.5)
                        os.kill(postgres.pid, signal.SIGKILL)
                        postgres.stop()  # which reaps it
                        postgres = _started_again(data)
                        proxy.target = (HOST, postgres.port)
                        _told(load, load.told + 5)
                return _same_instance(asyncio.run(_judged(figures, made, load)), running)
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
                _told(load, 1)
                for number in range(rounds):
                    proxy.delay(0.02 if number % 4 == 3 else 0.0)
                    random.choice(faults)(proxy)
                    time.sleep(random.random() * 0.1)
                proxy.delay(0.0)
                _told(load, load.told + 20)
            return _same_instance(asyncio.run(_judged(figures, made, load)), running)


def rush(rounds: int, folder: Path, server: Server) -> Figures:
    """2 to 64 rivals on one slot, from two instances: one wins, the others are told, and nothing else happens."""
    figures = Figures(fault="2 to 64 rivals on one slot, two instances", rounds=rounds)
    with (
        scene(server, people=64, slots=rounds) as made,
        instance(made.serving_url, folder) as one,
        instance(made.serving_url, folder) as two,
        ThreadPoolExecutor(64) as pool,
    ):
        clients = [
            Client((lambda running: lambda: running.address)(one if number % 2 else two), token)
            for number, token in enumerate(made.tokens)
        ]
        for slot in made.slots:
            rivals = random.sample(clients, random.randint(2, len(clients)))
            answers = Counter(
                (answer.status, answer.code) if answer else None
                for answer in pool.map(lambda client: client.book(slot), rivals)  # noqa: B023 - done within the round
            )
            if answers != {(201, None): 1, (409, "slot_taken"): len(rivals) - 1}:
                figures.faults.append(str(dict(answers)))
        load = Load(lambda: one.address, [], [])
        load.clients = clients
        for client in clients:
            client.close()
        return asyncio.run(_judged(figures, made, load))


def rolling_restart(rounds: int, folder: Path, server: Server) -> Figures:
    """Two instances on one socket, one after the other told to end, and started again: nobody notices."""
    figures = Figures(fault="SIGTERM under load, rolling restart of two instances", rounds=rounds)
    with (
        scene(server) as made,
        instance(made.serving_url, folder, BOOKING_DRAIN_SECONDS="1") as one,
    ):
        two = Instance(one.environment, one.listener, folder / "second.log")
        two.start()
        with Load(lambda: one.address, made.tokens, made.slots) as load:
            _told(load, 1)
            for number in range(rounds):
                leaving = (one, two)[number % 2]
                leaving.send(signal.SIGTERM)
                if (code := leaving.ended()) != 0:
                    figures.faults.append(f"exit code {code}")
                leaving.start()
                _told(load, load.told + 20)
        two.kill()
        figures = asyncio.run(_judged(figures, made, load))
    if retried := sum(client.retried for client in load.clients):
        figures.faults.append(f"{retried} requests failed")
    return figures


async def _judged(figures: Figures, made: Scene, load: Load) -> Figures:
    """Once the relay has handed everything on."""
    deadline = time.monotonic() + PATIENCE
    while not await delivered(made):
        if time.monotonic() > deadline:
            figures.faults.append("events were not handed on")
            break
        await asyncio.sleep(0.1)
    return await judged(figures, made, load)


def _told(load: Load, count: int) -> None:
    """Waits until so many requests were answered for good: the service works, again."""
    deadline = time.monotonic() + PATIENCE
    while load.told < count:
        assert time.monotonic() < deadline, "the service does not answer"
        time.sleep(0.01)


def _same_instance(figures: Figures, running: Instance) -> Figures:
    if running.process is None or not running.process.is_alive():
        figures.faults.append("the service did not survive it")
    return figures


Proof = Callable[[int, Path, Server], Figures]

PROOFS: dict[str, tuple[Proof, int]] = {
    "service": (killed_service, 2000),
    "postmaster": (killed_postmaster, 200),
    "backends": (terminated_backends, 500),
    "network": (faulty_network, 1000),
    "relay": (stopped_relays, 500),
    "histories": (histories, 2000),
    "rush": (rush, 5000),
    "rolling": (rolling_restart, 100),
}
"""By the name that ONLY= picks, with the rounds of `make chaos`."""
