"""More than a service was made for: a crowd that dawdles, bodies without end, and a database that lets nobody pass."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import asyncpg

from booking.entrypoints.http.server.protocol import BODY_WITHIN, HEADERS_WITHIN
from tests.chaos.crowd.bulk import throng
from tests.chaos.crowd.probes import Probes, probed, resident
from tests.chaos.crowd.sluggards import ROUND, crowd
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE, Load
from tests.chaos.scene import Scene, judged, scene
from tests.chaos.service import Instance, forkserver, instance
from tests.support.database import Server

CROWD = 1_000  # connections
CLIENTS = 64
IN_FULL = 10  # seconds of each attack, from which on time and numbers are judged
MOST_GROWTH = 64 * 1024 * 1024  # bytes over the warm state: the 64 KiB that may wait on each of the connections
P99 = 100.0  # milliseconds
GIVES_UP = 12.0  # seconds: the door's eight, the attempts at what waits for a lock for one second, and some

Attack = Callable[[int, Instance, Scene], list[str]]


def crowded(rounds: int, folder: Path, server: Server) -> Figures:
    """Each attack for so many seconds; the fault's text tells what it cost."""
    figures = Figures(fault="", rounds=rounds)
    found = dict[str, Probes]()
    people = CLIENTS if rounds >= IN_FULL else CLIENTS // 4
    with scene(server, people=people, slots=people) as made, instance(made.serving_url, folder) as running:
        with Load(lambda: running.address, made.tokens[:8], made.slots) as load:
            load.await_told(20)
        assert running.process is not None
        warm = resident(running.process.pid)
        for name, attack in ATTACKS.items():
            with probed(running) as found[name]:
                figures.faults += [f"{name}: {fault}" for fault in attack(rounds, running, made)]
        with ThreadPoolExecutor(len(load.clients)) as pool:
            healed = list(pool.map(lambda pair: pair[0].book(pair[1]), zip(load.clients, made.slots, strict=False)))
        for client in load.clients:
            client.close()
        if {answer.status if answer else None for answer in healed} != {201}:
            figures.faults.append("nobody can book afterwards")
        figures = asyncio.run(judged(figures, made, load))
        figures.faults += sorted({f"logged: {event}" for event in _errors(running.log)})
    figures.acknowledged = sum(len(probes.milliseconds) for probes in found.values())
    figures.lost += sum(probes.failed for probes in found.values())
    growth = max(probes.peak for probes in found.values()) - warm
    if growth > MOST_GROWTH:
        figures.faults.append("memory has no bound")
    if rounds >= IN_FULL:
        figures.faults += [f"{name}: slow" for name, probes in found.items() if probes.p99 >= P99]
    times = ", ".join(f"{name} {probes.p99:.0f} ms" for name, probes in found.items())
    bound = f"{growth / 2**20:+.0f} of {MOST_GROWTH >> 20} MiB"
    figures.fault = f"p99 of `/health/live` beside {times}; {bound}"
    return figures


def _slow_clients(seconds: int, running: Instance, made: Scene) -> list[str]:
    count = CROWD if seconds >= IN_FULL else CROWD // 5
    with _attacking(crowd, running.address, made.tokens[0], count) as told:
        time.sleep(seconds)
    patient = seconds > max(HEADERS_WITHIN, BODY_WITHIN) + 3 * ROUND
    return [f"{told[0]} were never cut"] if patient and told[0] else []


def _huge_bodies(seconds: int, running: Instance, made: Scene) -> list[str]:
    with _attacking(throng, running.address, made.tokens[0]) as told:
        time.sleep(seconds)
    refused, faults = told[0]
    return [*faults, *([] if refused else ["nothing was refused"])]


def _exhausted_pool(seconds: int, running: Instance, made: Scene) -> list[str]:
    """Somebody else has locked every slot; each client asks until the time is over, and once more after it."""
    deadline = time.monotonic() + seconds

    def ask(number: int) -> set[str | None]:
        faults = set[str | None]()
        while time.monotonic() < deadline:
            faults.add(_turned_away(running.address, made.tokens[number], made.slots[number]))
        return faults

    async def hold() -> set[str | None]:
        connection = await asyncpg.connect(made.owner_url)
        try:
            async with connection.transaction():
                await connection.execute("SELECT FROM slots FOR UPDATE")
                with ThreadPoolExecutor(len(made.tokens)) as pool:
                    return set[str | None]().union(*pool.map(ask, range(len(made.tokens))))
        finally:
            await connection.close()

    return [fault for fault in asyncio.run(hold()) if fault is not None]


ATTACKS: dict[str, Attack] = {
    "slow clients": _slow_clients,
    "huge bodies": _huge_bodies,
    "an exhausted pool": _exhausted_pool,
}


def _turned_away(address: tuple[str, int], token: str, slot_id: str) -> str | None:
    """What is wrong with the answer to a booking that cannot be made now: a 503 that says when to come again is not."""
    connection = HTTPConnection(*address, timeout=GIVES_UP)
    try:
        headers = {"Authorization": f"Bearer {token}"}
        connection.request("POST", "/api/v1/bookings", json.dumps({"slot_id": slot_id}), headers)
        response = connection.getresponse()
        told: dict[str, Any] = json.loads(response.read())
    except TimeoutError:
        return "left hanging"
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()
    fine = response.status == 503 and response.getheader("Retry-After") and told["code"] == "unavailable"
    return None if fine else f"{response.status} {told.get('code')}"


@contextmanager
def _attacking(attack: Callable[..., None], *arguments: object) -> Iterator[list[Any]]:
    """By a process of its own, until the end of the block; what it tells in the end is in the list after it."""
    told, (ours, theirs) = list[Any](), forkserver.Pipe()
    attacker = forkserver.Process(target=attack, args=(*arguments, theirs), daemon=True)
    attacker.start()
    theirs.close()
    try:
        yield told
    finally:
        ours.send(None)
        assert ours.poll(PATIENCE), "the attacker does not end"
        told.append(ours.recv())
        attacker.join()
        ours.close()


def _errors(log: Path) -> Iterator[str]:
    for line in log.read_text().splitlines():
        if line.startswith("{") and (told := json.loads(line))["level"] == "error":
            yield str(told["event"]).strip()
