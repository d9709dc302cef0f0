"""Requests outside: no way leads inside, and nothing that a receiver does is without a bound."""

import asyncio
import gzip
import re
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from booking.adapters.outgoing import resolver as resolving
from booking.adapters.outgoing.addresses import connected
from booking.adapters.outgoing.answers import Answer, Failure
from booking.adapters.outgoing.client import LARGEST_BODY, LARGEST_HEAD, Outgoing
from booking.adapters.outgoing.resolver import Resolver, system_addresses
from booking.domain.delivery.public_addresses import Address
from booking.domain.delivery.receiver_url import OWN_ADDRESSES, read_receiver_url
from tests.support.receivers import OK, Authority, Behave, Receiver, endless, hanging, receiver, saying
from tests.support.ways_inside import NAMED

PUBLIC = "93.184.215.14"
NAME = read_receiver_url("https://hooks.example.com/in?a=1")
HEADERS = {"webhook-id": "msg_1", "Content-Type": "application/json"}
PATIENCE = 5.0


@dataclass
class Wire:
    """Connections that were made, each led to a receiver on the loopback instead of the public address."""

    port: int
    made: list[tuple[list[str], int]] = field(default_factory=list)

    async def connect(self, addresses: Sequence[Address], port: int) -> socket.socket:
        self.made.append(([str(address) for address in addresses], port))
        opened = socket.socket()
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, ("127.0.0.1", self.port))
        return opened


async def public(_: str) -> Sequence[str]:
    return [PUBLIC]


async def inside(_: str) -> Sequence[str]:
    return ["10.0.0.1"]


@asynccontextmanager
async def told(
    behave: Behave, deadline: float = PATIENCE, *, at_once: bool = False
) -> AsyncIterator[tuple[Answer, Receiver]]:
    """What a receiver's behaviour comes to, by http on the loopback."""
    async with receiver(behave, at_once=at_once) as one, asyncio.timeout(PATIENCE * 2):
        url = read_receiver_url(f"http://127.0.0.1:{one.port}/in?a=1", loopback=True)
        yield await Outgoing(deadline=deadline).post(url, HEADERS, b'{"a": 1}'), one


async def test_a_request_is_sent_as_it_was_given() -> None:
    async with told(saying(OK)) as (answer, one):
        assert answer == Answer(failure=None, status=200, headers=answer.headers, body=b"ok", ms=answer.ms)
        assert 0 <= answer.ms < 1000
    head, *lines = one.heads[0].decode().removesuffix("\r\n\r\n").split("\r\n")
    agent = next(line for line in lines if line.startswith("User-Agent: "))
    assert re.fullmatch(r"User-Agent: booking/[0-9.]+", agent)
    assert head == "POST /in?a=1 HTTP/1.1"
    assert sorted(lines) == sorted(
        [
            f"Host: 127.0.0.1:{one.port}",
            agent,
            "Accept-Encoding: identity",
            "Connection: close",
            "Content-Length: 8",
            "webhook-id: msg_1",
            "Content-Type: application/json",
        ]
    )
    assert one.bodies == [b'{"a": 1}']
    assert one.connections == 1


async def test_what_is_fetched_is_read_up_to_a_bound_of_its_own() -> None:
    large = b"x" * (2 * LARGEST_BODY)
    async with receiver(saying(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(large) + large)) as one:
        url = read_receiver_url(f"http://127.0.0.1:{one.port}/in?a=1", loopback=True)
        answer = await Outgoing().get(url)
    assert (answer.failure, answer.body) == (None, large)
    head = one.heads[0].decode()
    assert head.startswith("GET /in?a=1 HTTP/1.1\r\n")
    assert "Content-Length" not in head


async def test_what_cannot_be_fetched_is_nothing() -> None:
    assert await Outgoing().fetch("http://sns.example.com/a.pem") is None
    assert await Outgoing(resolve=inside).fetch("https://sns.example.com/a.pem") is None


# --- no way inside


@pytest.mark.parametrize("name", NAMED)
async def test_a_name_with_an_address_that_is_not_public_is_never_connected_to(name: str) -> None:
    async def look_up(host: str) -> Sequence[str]:
        assert host == f"{name}.example.com"
        return NAMED[name]

    async with receiver() as one:
        wire = Wire(one.port)
        url = read_receiver_url(f"https://{name}.example.com/")
        answer = await Outgoing(look_up, wire.connect).post(url, {}, b"")
        assert answer == Answer(failure=Failure.NO_ADDRESS, status=None, body=b"", ms=answer.ms)
        assert (wire.made, one.connections) == ([], 0)


async def test_a_name_is_looked_up_once_and_connected_to_by_the_address_that_was_checked(tmp_path: Path) -> None:
    """A name that is public for the first look-up and loopback for the second."""
    answers = [["93.184.215.14", "2606:4700::1111"], ["127.0.0.1"], ["93.184.215.14"]]
    asked: list[str] = []

    async def rebinding(host: str) -> Sequence[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    authority = Authority(tmp_path)
    async with receiver(tls=authority.serving("hooks.example.com")) as one:
        wire = Wire(one.port)
        outgoing = Outgoing(rebinding, wire.connect)
        outgoing.trust = authority.trusting()
        assert [(await outgoing.post(NAME, HEADERS, b"{}")).failure for _ in answers] == [
            None,
            Failure.NO_ADDRESS,
            None,
        ]
        assert asked == ["hooks.example.com"] * 3
        assert wire.made == [(["93.184.215.14", "2606:4700::1111"], 443), (["93.184.215.14"], 443)]
        assert one.connections == 2
        assert one.names == ["hooks.example.com"] * 2
        assert b"\r\nHost: hooks.example.com\r\n" in one.heads[0]


async def test_an_address_is_connected_to_without_any_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    connections: list[object] = []

    async def connect(sock: socket.socket, address: object) -> None:
        connections.append((sock.family, address))
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", connect)
    url = read_receiver_url("https://[2606:4700::1111]:8443/")
    outgoing = Outgoing(lambda _: pytest.fail("looked up"))
    assert (await outgoing.post(url, {}, b"")).failure == Failure.NOT_CONNECTED
    assert (await Outgoing(public).post(NAME, {}, b"")).failure == Failure.NOT_CONNECTED
    assert connections == [
        (socket.AF_INET6, ("2606:4700::1111", 8443)),
        (socket.AF_INET, (PUBLIC, 443)),
    ]


async def test_the_next_checked_address_is_tried_where_one_takes_no_connection() -> None:
    async with receiver() as one:
        with closing(await connected(list(reversed(OWN_ADDRESSES)), one.port)) as opened:
            assert opened.getpeername() == ("127.0.0.1", one.port)
        url = read_receiver_url(f"http://localhost:{one.port}/", loopback=True)
        assert (await Outgoing().post(url, {}, b"")).failure is None


async def test_a_port_that_nobody_listens_on_is_told() -> None:
    async with receiver() as one:
        url = read_receiver_url(f"http://localhost:{one.port}/", loopback=True)
    assert (await Outgoing().post(url, {}, b"")).failure == Failure.NOT_CONNECTED


@pytest.mark.parametrize(
    "variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
)
async def test_no_proxy_of_the_environment_is_used(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiver() as proxy:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        async with told(saying(OK)) as (answer, _):
            assert answer.failure is None
        assert proxy.connections == 0


async def test_no_keys_are_written_to_a_file_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    trust = Outgoing().trust
    assert not trust.keylog_filename
    assert not keys.exists()
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)


# --- certificates


@pytest.mark.parametrize("hosts", [("other.example.com",), ("example.com",), (PUBLIC,)])
async def test_a_certificate_for_another_name_is_refused(hosts: tuple[str, ...], tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with receiver(tls=authority.serving(*hosts)) as one:
        outgoing = Outgoing(public, Wire(one.port).connect)
        outgoing.trust = authority.trusting()
        answer = await outgoing.post(NAME, HEADERS, b"{}")
        assert answer == Answer(failure=Failure.TLS_FAILED, status=None, body=b"", ms=answer.ms)
        assert one.bodies == []


async def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    async with receiver(tls=Authority(tmp_path).serving("hooks.example.com")) as one:
        answer = await Outgoing(public, Wire(one.port).connect).post(NAME, HEADERS, b"{}")
        assert (answer.failure, one.bodies) == (Failure.TLS_FAILED, [])


async def test_an_address_has_a_certificate_for_itself(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with receiver(tls=authority.serving(PUBLIC)) as one:
        outgoing = Outgoing(public, Wire(one.port).connect)
        outgoing.trust = authority.trusting()
        assert (await outgoing.post(read_receiver_url(f"https://{PUBLIC}/"), HEADERS, b"{}")).failure is None
        assert one.names == [None]


async def test_what_speaks_no_tls_is_told(tmp_path: Path) -> None:
    for behave in (saying(OK), saying(b"")):
        async with receiver(behave, at_once=True) as one:
            answer = await Outgoing(public, Wire(one.port).connect).post(NAME, HEADERS, b"{}")
            assert answer.failure == Failure.TLS_FAILED


# --- whatever a receiver does


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, None),
        (204, None),
        (299, None),
        (300, Failure.REDIRECTED),
        (301, Failure.REDIRECTED),
        (307, Failure.REDIRECTED),
        (308, Failure.REDIRECTED),
        (399, Failure.REDIRECTED),
        (400, Failure.NOT_ACCEPTED),
        (404, Failure.NOT_ACCEPTED),
        (410, Failure.GONE),
        (500, Failure.NOT_ACCEPTED),
        (999, Failure.NOT_ACCEPTED),
    ],
)
async def test_2xx_is_acceptance_and_no_redirect_is_followed(status: int, failure: Failure | None) -> None:
    async with receiver() as elsewhere:
        location = f"Location: http://127.0.0.1:{elsewhere.port}/\r\nContent-Length: 0\r\n\r\n"
        async with told(saying(f"HTTP/1.1 {status} So\r\n{location}".encode())) as (answer, _):
            assert (answer.status, answer.failure) == (status, failure)
        assert elsewhere.connections == 0


BOMB = gzip.compress(b"\0" * 10_000_000)


@pytest.mark.parametrize(
    ("behave", "answer"),
    [
        (saying(b""), (Failure.CLOSED, None, b"")),
        (saying(b"HTTP/1.1 200 OK\r\n"), (Failure.CLOSED, None, b"")),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"), (Failure.CLOSED, 200, b"ok")),
        (saying(b"HTTP/1.1 200 OK\r\n\r\nuntil its end"), (None, 200, b"until its end")),
        (saying(b"HTTP/1.1 103 Early\r\n\r\n" * 3 + OK), (None, 200, b"ok")),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), (None, 200, b"ok")),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), (Failure.MALFORMED, 200, b"")),
        (
            saying(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
            (Failure.MALFORMED, None, b""),
        ),
        (saying(b"SSH-2.0-OpenSSH_9.2\r\n"), (Failure.CLOSED, None, b"")),
        (saying(b"+PONG\r\n\r\n"), (Failure.MALFORMED, None, b"")),
        (saying(b"\x15\x03\x01\x00\x02\x02\x50"), (Failure.MALFORMED, None, b"")),
        (
            saying(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(BOMB), BOMB)),
            (None, 200, BOMB[:LARGEST_BODY]),
        ),
        (
            endless(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", b"1" * 65_536),
            (None, 200, b"1" * LARGEST_BODY),
        ),
        (
            endless(b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n", b"10\r\n0123456789abcdef\r\n" * 64),
            (Failure.NOT_ACCEPTED, 500, b"0123456789abcdef" * 64),
        ),
        (endless(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 100), (Failure.MALFORMED, None, b"")),
        (endless(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 1000), (Failure.MALFORMED, None, b"")),
        (endless(b"HTTP/1.1 200 OK\r\nX: " + b"a" * LARGEST_HEAD, b"a" * 100), (Failure.MALFORMED, None, b"")),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), (Failure.MALFORMED, None, b"")),
        (
            endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 1000),
            (Failure.MALFORMED, 200, b""),
        ),
    ],
    ids=range(19),
)
async def test_whatever_a_receiver_answers_little_of_it_is_read_and_the_rest_is_told(
    behave: Behave, answer: tuple[Failure | None, int | None, bytes]
) -> None:
    async with told(behave) as (found, one):
        assert (found.failure, found.status, found.body) == answer
        await one.left.wait()


async def _trickling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, until the other side is gone."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    gone = asyncio.ensure_future(reader.read())
    while not gone.done():
        writer.write(b".")
        await asyncio.wait([gone], timeout=0.01)
    await gone


@pytest.mark.parametrize(("behave", "status"), [(hanging, None), (_trickling, 200)])
@pytest.mark.parametrize("at_once", [False, True])
async def test_a_receiver_that_hangs_or_trickles_is_left_at_the_deadline(
    behave: Behave, status: int | None, at_once: bool
) -> None:
    async with told(behave, deadline=0.2, at_once=at_once) as (answer, one):
        assert (answer.failure, answer.status) == (Failure.TIMED_OUT, status)
        assert 200 <= answer.ms < 2000
        await one.left.wait()


async def test_a_handshake_that_hangs_is_left_at_the_deadline() -> None:
    async with receiver(hanging, at_once=True) as one:
        answer = await Outgoing(public, Wire(one.port).connect, deadline=0.1).post(NAME, HEADERS, b"{}")
        assert (answer.failure, answer.status) == (Failure.TIMED_OUT, None)
        await asyncio.wait_for(one.left.wait(), PATIENCE)


async def test_giving_a_request_up_closes_its_connection() -> None:
    async with receiver(hanging) as one:
        url = read_receiver_url(f"http://127.0.0.1:{one.port}/", loopback=True)
        posting = asyncio.ensure_future(Outgoing().post(url, HEADERS, b"{}"))
        while not one.bodies:
            await asyncio.wait([posting], timeout=0.01)
        posting.cancel()
        await asyncio.wait([posting])
        assert posting.cancelled()
        await asyncio.wait_for(one.left.wait(), PATIENCE)


async def test_a_body_that_nobody_reads_does_not_hold_anybody_up() -> None:
    async with receiver(hanging, at_once=True) as one:
        url = read_receiver_url(f"http://127.0.0.1:{one.port}/", loopback=True)
        answer = await Outgoing(deadline=0.1).post(url, HEADERS, b"a" * 10_000_000)
        assert answer.failure == Failure.TIMED_OUT


# --- names


async def test_a_dns_server_that_hangs_keeps_nobody_else_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "MOST", 2)
    free, asked = threading.Event(), []

    def look_up(name: str) -> Sequence[str]:
        asked.append(name)
        if name.startswith("hanging"):
            free.wait(PATIENCE)
        return ["127.0.0.1"]

    outgoing = Outgoing(Resolver(look_up), deadline=0.1)
    hung = [read_receiver_url(f"https://hanging.example.com/{number}") for number in range(50)]
    answers = await asyncio.gather(*(outgoing.post(url, {}, b"") for url in hung))
    assert {answer.failure for answer in answers} == {Failure.TIMED_OUT}
    assert asked == ["hanging.example.com"]
    assert (await outgoing.post(read_receiver_url("https://quick.example.com/"), {}, b"")).failure == Failure.NO_ADDRESS
    assert asked == ["hanging.example.com", "quick.example.com"]
    others = [read_receiver_url(f"https://hanging-{number}.example.com/") for number in range(9)]
    assert {one.failure for one in await asyncio.gather(*(outgoing.post(url, {}, b"") for url in others))} == {
        Failure.TIMED_OUT
    }
    assert len(asked) == 3  # no more than two look-ups at a time
    free.set()
    while outgoing.resolve._under_way:  # type: ignore[attr-defined]
        await asyncio.wait(list(outgoing.resolve._under_way.values()))  # type: ignore[attr-defined]
    assert len(asked) == 11


async def test_each_request_has_its_name_looked_up_anew() -> None:
    found = [[PUBLIC], ["93.184.215.15"]]
    resolver = Resolver(lambda _: found.pop(0))
    assert [await resolver("hooks.example.com") for _ in range(2)] == [[PUBLIC], ["93.184.215.15"]]


def test_names_are_asked_for_without_the_systems_search_domains(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def getaddrinfo(host: object, *_: object, **__: object) -> list[object]:
        asked.append(host)
        if host == b"unknown.example.com.":
            raise socket.gaierror(socket.EAI_NONAME, "no")
        return [(2, 1, 6, "", (PUBLIC, 0)), (2, 1, 6, "", (PUBLIC, 0)), (10, 1, 6, "", ("fe80::1%lo", 0, 0, 1))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert system_addresses("hooks.example.com") == [PUBLIC, "fe80::1%lo"]
    assert system_addresses("unknown.example.com") == ()
    assert asked == [b"hooks.example.com.", b"unknown.example.com."]
