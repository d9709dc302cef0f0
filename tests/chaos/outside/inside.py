"""URLs that lead inside, by form, by name and by names that change: none is connected to, and all are refused alike."""

import asyncio
import random
import socket
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import structlog

from booking.adapters.outgoing.answers import Failure
from booking.adapters.outgoing.client import Outgoing
from booking.domain.delivery.public_addresses import NOT_PUBLIC_V4, NOT_PUBLIC_V6, Address
from booking.domain.delivery.receiver_url import PORTS, UrlRefused, read_receiver_url
from booking.domain.people.agent import AgentRole
from tests.chaos.figures import Figures
from tests.support.chance import chance
from tests.support.database import Server
from tests.support.office import Office
from tests.support.ways_inside import NAMED, WRITTEN

ENDPOINTS = "/api/v1/webhook-endpoints"
PUBLIC = ("93.184.215.14", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001:81b::200e")
INNER_V6 = ("::1", "::", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "5f00::1", "100::1")


class Network:
    """Names with the addresses that they have for one look-up, and connections that are noted and not made."""

    def __init__(self) -> None:
        self.connected: list[str] = []
        self.answers: list[Sequence[str]] = []

    async def look_up(self, _: str) -> Sequence[str]:
        return self.answers.pop(0)

    async def connect(self, addresses: Sequence[Address], _: int) -> socket.socket:
        self.connected += map(str, addresses)
        raise ConnectionAbortedError

    @property
    def inner(self) -> list[str]:
        return [one for one in self.connected if not ip_address(one).is_global or one not in PUBLIC]


def ways_inside(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(
        fault=f"URLs that lead inside: {len(WRITTEN) + len(NAMED)} by hand, the rest made up", rounds=rounds
    )
    _, rng = chance()
    with structlog.testing.capture_logs():
        asyncio.run(_alike(figures, [*WRITTEN, *(_literal(rng) for _ in range(min(rounds, 500)))]))
    asyncio.run(_guarded(figures, rng, rounds))
    asyncio.run(_with_listeners(figures))
    return figures


async def _alike(figures: Figures, urls: Sequence[str]) -> None:
    """Every URL is refused over HTTP by one answer, whatever the request has of its own."""
    office = Office()
    answers: set[tuple[int, str]] = set()
    async with office.client(Authorization=f"Bearer {office.token(role=AgentRole.ADMIN)}") as http:
        for url in urls:
            answer = await http.post(ENDPOINTS, json={"url": url})
            answers.add((answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], "")))
            figures.acknowledged += answer.status_code == 400
        listed: dict[str, Any] = (await http.get(ENDPOINTS)).json()
    figures.lost += len(listed["webhook_endpoints"])
    if len(answers) != 1:
        figures.faults.append(f"refused in {len(answers)} ways")


async def _guarded(figures: Figures, rng: random.Random, rounds: int) -> None:
    """What is read all the same is looked up and checked; public names, now and then, are connected to."""
    network = Network()
    outgoing = Outgoing(network.look_up, network.connect)
    for _ in range(rounds):
        url, addresses = _request(rng)
        try:
            read = read_receiver_url(url)
        except UrlRefused:
            figures.acknowledged += 1
            continue
        network.answers = [addresses, *([["127.0.0.1"]] * 3)]  # another one for whoever looks again
        before = len(network.connected)
        failure: Failure | None = None
        with suppress(ConnectionAbortedError):
            failure = (await outgoing.post(read, {}, b"{}")).failure
        meant = bool(addresses) and all(one in PUBLIC for one in addresses)
        figures.acknowledged += 1
        if meant != (len(network.connected) > before) or (not meant and failure != Failure.NO_ADDRESS):
            figures.faults.append(f"{url} with {addresses}: {failure}")
    figures.lost += len(network.inner)


async def _with_listeners(figures: Figures) -> None:
    """On the loopback's own ports nobody is heard from, where they are free to be listened on."""
    listeners = [one for host in ("127.0.0.1", "::1") for port in PORTS if (one := _listening(host, port))]
    try:

        async def loopback(_: str) -> Sequence[str]:
            return ["127.0.0.1", "::1"]

        outgoing = Outgoing(loopback, deadline=0.1)
        for url in (*WRITTEN, *(f"https://{name}.example.com:{port}/" for name in NAMED for port in PORTS)):
            try:
                await outgoing.post(read_receiver_url(url), {}, b"{}")
            except UrlRefused:
                continue
        figures.lost += sum(_taken(one) for one in listeners)
    finally:
        for one in listeners:
            one.close()


def _listening(host: str, port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
        listener.setblocking(False)
    except OSError:  # somebody else's, or for root alone
        listener.close()
        return None
    return listener


def _taken(listener: socket.socket) -> int:
    """Count connections that wait to be taken."""
    count = 0
    while True:
        try:
            taken, _ = listener.accept()
        except BlockingIOError:
            return count
        with closing(taken):
            count += 1


def _request(rng: random.Random) -> tuple[str, Sequence[str]]:
    """A URL, and what its name has for addresses."""
    if rng.random() < 0.3:
        return _literal(rng), ()
    url = f"https://{rng.choice(('hooks', 'a.b', 'xn--bcher-kva'))}.example.com:{rng.choice(PORTS)}/{rng.randrange(99)}"
    addresses = [rng.choice(PUBLIC) for _ in range(rng.randrange(4))]
    if rng.random() < 0.8:
        addresses.insert(rng.randrange(len(addresses) + 1), str(_inner(rng)))
    return url, addresses


def _inner(rng: random.Random) -> Address:
    """An address of a network that is no public one, or one that has such an address within."""
    network = rng.choice(NOT_PUBLIC_V4)
    four = network[rng.randrange(network.num_addresses)]
    if rng.random() < 0.5:
        return four
    low = int(four)
    within: Sequence[Callable[[], int]] = (
        lambda: 0xFFFF << 32 | low,
        lambda: low,
        lambda: 0x64FF9B << 96 | low,
        lambda: 0x64FF9B0001 << 80 | low,
        lambda: 0x2002 << 112 | low << 80 | rng.getrandbits(80),
        lambda: 0x20010000 << 96 | rng.getrandbits(64) << 32 | low ^ 0xFFFFFFFF,
        lambda: int(IPv6Address("2a00:1450::5efe:0:0")) | low,
        lambda: int(IPv6Address(rng.choice(INNER_V6))),
        lambda: int((six := rng.choice(NOT_PUBLIC_V6))[rng.randrange(six.num_addresses)]),
    )
    return IPv6Address(rng.choice(within)())


def _literal(rng: random.Random) -> str:
    """A URL with an inner address, in one of the forms that somebody might read as one."""
    address = _inner(rng)
    host = f"[{address}]" if isinstance(address, IPv6Address) else rng.choice(_FORMS)(address)
    around: Sequence[Callable[[str], str]] = (
        lambda one: one,
        lambda one: f"{one}.",
        lambda one: f"user@{one}",
        lambda one: f"example.com@{one}",
        lambda one: f"{one}:{rng.choice((443, 8443, 80, 22, 6379))}",
        lambda one: f"{one}\\@example.com",
        lambda one: one.upper(),
        lambda one: one.replace(".", "\u3002"),
        lambda one: one.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}),
        lambda one: "".join(f"%{ord(char):02x}" for char in one),
    )
    return f"https://{rng.choice(around)(host)}/{rng.choice(('', 'latest/meta-data/', '?x=1', '#@example.com'))}"


def _parts(address: IPv4Address) -> list[int]:
    return list(address.packed)


_FORMS: Sequence[Callable[[IPv4Address], str]] = (
    str,
    lambda one: str(int(one)),
    lambda one: hex(int(one)),
    lambda one: f"0{int(one):o}",
    lambda one: ".".join(hex(part) for part in _parts(one)),
    lambda one: ".".join(f"0{part:o}" for part in _parts(one)),
    lambda one: ".".join(f"{part:03}" for part in _parts(one)),
    lambda one: f"{_parts(one)[0]}.{int(one) & 0xFFFFFF}",
    lambda one: f"{_parts(one)[0]}.{_parts(one)[1]}.{int(one) & 0xFFFF}",
    lambda one: f"{one}.0",
)
