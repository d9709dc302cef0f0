"""A server that answers request after request as a script says, and keeps what it was sent."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = Callable[[BaseHTTPRequestHandler], None]

HOLD = {
    "id": "019a9f2e-7c41-7b3a-9d52-1f6c8e4a2b10",
    "slot_id": "019a9f2f-1d7a-7c82-b4e6-3f9a5d0c8b17",
    "expires_at": "2031-03-03T08:00:00.123456Z",
}


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: Message
    body: bytes


class Script:
    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.seen: list[Seen] = []
        self.over = threading.Event()


@contextmanager
def serving(*steps: Step) -> Iterator[tuple[str, list[Seen]]]:
    """Return its address and what it has seen."""
    script = Script(*steps)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.seen.append(Seen(self.command, self.path, self.headers, body))
            self.script = script
            (script.steps.pop(0) if script.steps else answer(599))(self)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", script.seen
        finally:
            script.over.set()
            server.shutdown()
            thread.join()


def answer(status: int, content: object = None, headers: dict[str, str] | None = None, type: str = "json") -> Step:
    def step(handler: BaseHTTPRequestHandler) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        handler.send_response(status)
        named = {"Content-Type": f"application/{type}", "Content-Length": str(len(body)), **(headers or {})}
        for name, value in named.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return step


def table(text: str) -> Step:
    def step(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/csv; charset=utf-8; header=present")
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return step


def problem(status: int, code: str, headers: dict[str, str] | None = None, **more: object) -> Step:
    body = {
        "type": f"urn:booking:problem:{code}",
        "title": "A title.",
        "status": status,
        "detail": "A detail.",
        "instance": "/",
        "code": code,
        **more,
    }
    return answer(status, body, {"X-Request-Id": "of-the-answer", **(headers or {})}, "problem+json")


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def silence(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing for as long as the test lasts."""
    handler.script.over.wait(10)  # type: ignore[attr-defined]
    handler.close_connection = True
