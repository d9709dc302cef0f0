"""Receivers on the loopback that answer as they are told, and a certificate authority for those that speak TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Receiver:
    """What it took in: the heads of requests and their bodies, and how many connections."""

    port: int = 0
    connections: int = 0
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """Names that were asked for by SNI."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a caller has gone."""

    async def take(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        self.bodies.append(await reader.readexactly(length))


def saying(answer: bytes) -> Behave:
    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return behave


accepting = saying(OK)


async def hanging(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


def endless(head: bytes, piece: bytes) -> Behave:
    """As much as the other side takes in."""

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    return behave


@asynccontextmanager
async def receiver(
    behave: Behave = accepting, tls: ssl.SSLContext | None = None, *, at_once: bool = False
) -> AsyncIterator[Receiver]:
    """`at_once`: behave before a request was read."""
    known = Receiver()
    served: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known.connections += 1
        served[cast("asyncio.Task[None]", asyncio.current_task())] = writer
        try:
            if not at_once:
                await known.take(reader)
            await behave(reader, writer)
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            known.left.set()

    def asked(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        known.names.append(name)

    if tls is not None:
        tls.sni_callback = asked
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    known.port = server.sockets[0].getsockname()[1]
    try:
        yield known
    finally:
        server.close()
        for writer in served.values():
            writer.transport.abort()
        await asyncio.gather(*served, *(writer.wait_closed() for writer in served.values()), return_exceptions=True)
        await server.wait_closed()


class Authority:
    """Certificate authority that one context trusts, with certificates for names and addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of tests")])
        self._own = self._certificate(self._name, self._key, [], authority=True)

    def trusting(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self._own.public_bytes(Encoding.PEM).decode())
        return context

    def serving(self, *hosts: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
        certificate = self._certificate(subject, key, hosts)
        path = self._folder / f"{len(list(self._folder.iterdir()))}.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _certificate(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        hosts: "tuple[str, ...] | list[str]",
        *,
        authority: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if hosts:
            built = built.add_extension(x509.SubjectAlternativeName([_named(host) for host in hosts]), critical=False)
        return built.sign(self._key, hashes.SHA256())


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
