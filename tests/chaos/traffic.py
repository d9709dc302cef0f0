"""Rivals, and instances that come and go: what a service does all day."""

import asyncio
import random
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.chaos.figures import Figures
from tests.chaos.load import Client, Load
from tests.chaos.scene import crowd, judged, scene
from tests.chaos.service import Instance, instance
from tests.support.database import Server


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
        return asyncio.run(judged(figures, made, load))


def rolling_restart(rounds: int, folder: Path, server: Server) -> Figures:
    """Two instances on one socket, one after the other told to end, and started again: nobody notices."""
    figures = Figures(fault="SIGTERM under load, rolling restart of two instances", rounds=rounds)
    with (
        crowd(server) as made,
        instance(made.serving_url, folder, BOOKING_DRAIN_SECONDS="2") as one,
    ):
        two = Instance(one.environment, one.listener, folder / "second.log")
        two.start()
        with Load(lambda: one.address, made.tokens, made.slots) as load:
            load.await_told(1)
            for number in range(rounds):
                leaving = (one, two)[number % 2]
                leaving.send(signal.SIGTERM)
                if (code := leaving.ended()) != 0:
                    figures.faults.append(f"exit code {code}")
                leaving.start()
                load.await_told(load.told + 20)
        two.kill()
        figures = asyncio.run(judged(figures, made, load))
    if retried := sum(client.retried for client in load.clients):
        figures.faults.append(f"{retried} requests failed")
    return figures
