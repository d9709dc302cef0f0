"""Stub of a provider's API over HTTP: gives answers in turn, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple


class Asked(NamedTuple):
    path: str
    head: str
    body: bytes


class Answers:
    """`answers`: status and body, the last of them for all that come after; None ends the connection, `HANGS` hangs."""

    HANGS = (0, "")

    def __init__(self, *answers: tuple[int, str] | None) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.url = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lengths = [line[15:] for line in head.lower().split("\r\n") if line.startswith("content-length")]
                body = await reader.readexactly(int(lengths[0]) if lengths else 0)
                self.asked.append(Asked(head.split(" ")[1], head, body))
                answer = self.answer(self.asked[-1])
                if answer is None:
                    break
                if answer == self.HANGS:
                    await reader.read()
                    break
                status, text = answer
                content = text.encode()
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def answer(self, _: Asked) -> tuple[int, str] | None:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@asynccontextmanager
async def answering(*answers: tuple[int, str] | None) -> AsyncIterator[Answers]:
    async with listening(Answers(*answers)) as stub:
        yield stub


@asynccontextmanager
async def listening(stub: Answers) -> AsyncIterator[Answers]:
    async with await asyncio.start_server(stub, "127.0.0.1", 0) as server:
        stub.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield stub
