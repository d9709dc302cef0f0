"""`booking listen`: what happens in one terminal is heard, signed, in another. One instance serves all."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any, cast

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from tests.commands.processes import PATIENCE, booking, read_env, until
from tests.contract.test_asyncapi import faults


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    file = tmp_path_factory.mktemp("listen") / "env"
    with booking("dev", "--ephemeral", "--port", 0, "--env-file", file) as process:
        until(file.exists, process)
        yield file


@contextmanager
def listening(instance: Path, *words: object) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A listener, and its lines as they come."""
    with booking("listen", "--env-file", instance, *words) as process:
        lines: list[str] = []
        assert process.stdout is not None
        reading = Thread(target=lambda out: lines.extend(iter(out.readline, "")), args=(process.stdout,), daemon=True)
        reading.start()
        until(lambda: any(line.startswith("Secret: ") for line in lines), process)
        yield process, lines


def secret_of(lines: list[str]) -> str:
    return next(line for line in lines if line.startswith("Secret: ")).split()[1]


def ask(instance: Path, method: str, path: str, token: str = "ADMIN_TOKEN", body: Any = None) -> httpx.Response:
    env = read_env(instance)
    headers = {"Authorization": f"Bearer {env[token]}"}
    return httpx.request(method, f"{env['BASE_URL']}/api/v1{path}", headers=headers, json=body, timeout=PATIENCE)


def endpoints(instance: Path) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", ask(instance, "GET", "/webhook-endpoints").json()["webhook_endpoints"])


def trigger(instance: Path, type: str) -> None:
    with booking("trigger", type, "--env-file", instance) as process:
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err


def heard(lines: list[str], type: str) -> list[str]:
    return [
        line
        for line in lines
        if re.match(rf"\d\d:\d\d:\d\d  {re.escape(type)} +[0-9a-f-]{{36}}  signature verified", line)
    ]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_booking_in_one_terminal_is_heard_in_another(ending: signal.Signals, instance: Path) -> None:
    with listening(instance) as (process, lines):
        (endpoint,) = endpoints(instance)
        assert (endpoint["types"], endpoint["description"]) == (None, "booking listen")
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", endpoint["url"])
        trigger(instance, "booking.confirmed")
        until(lambda: bool(heard(lines, "booking.confirmed")), process)
        until(lambda: bool(heard(lines, "slot.created")), process)
        trigger(instance, "webhook.test")
        until(lambda: bool(heard(lines, "webhook.test")), process)
        stranger = {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
        assert httpx.post(endpoint["url"], content=b"{}", headers=stranger).status_code == 401
        until(lambda: any("not verified: " in line for line in lines), process)
        assert httpx.get(endpoint["url"]).status_code == 401
        process.send_signal(ending)
        assert process.wait(timeout=PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert endpoints(instance) == []


class App(HTTPServer):
    """A developer's own receiver."""

    def __init__(self, port: int = 0) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                app.taken.append((dict(self.headers.items()), body))
                self.send_response(app.answers.pop(0) if app.answers else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", port), Handler)


def test_what_is_heard_is_forwarded_as_it_came_and_answered_as_it_is_there(instance: Path) -> None:
    with App() as app:
        app.answers = [503]
        Thread(target=app.serve_forever, daemon=True).start()
        hook = f"http://127.0.0.1:{app.server_port}/hook"
        types = ("slot.created", "slot.cancelled")
        with listening(instance, "--forward-to", hook, "--types", *types) as (process, lines):
            assert endpoints(instance)[0]["types"] == [*types]
            trigger(instance, "slot.cancelled")
            until(lambda: any("slot.cancelled" in line and "forwarded: 204" in line for line in lines), process)
            secret = secret_of(lines)
            assert any("slot.created" in line and "forwarded: 503" in line for line in lines)
            assert any("slot.created" in line and "forwarded: 204" in line for line in lines)  # again, as it failed
        app.shutdown()
    assert len(app.taken) == 3
    for headers, body in app.taken:
        event = Webhook(secret).verify(body, headers)
        assert faults("#/components/messages/Posted/payload", event) == []
        lower = {name.lower(): value for name, value in headers.items()}
        assert faults("#/components/messages/Posted/headers", lower) == []
        assert headers["webhook-id"] == event["id"]
        assert headers["Content-Type"] == "application/cloudevents+json"
        assert headers["User-Agent"].startswith("booking/")
        assert event["type"] in types


def test_the_receiver_of_the_docs_verifies_as_pasted(instance: Path, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")
    (pasted,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with listening(instance, "--forward-to", f"http://localhost:{port}") as (process, lines):
        environment = os.environ | {"WEBHOOK_SECRET": secret_of(lines), "PORT": str(port)}
        words = [sys.executable, "-c", pasted]
        with subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as app:
            trigger(instance, "booking.confirmed")
            until(lambda: any("booking.confirmed" in line and "forwarded: 204" in line for line in lines), process)
            forged = {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1"}
            assert httpx.post(f"http://127.0.0.1:{port}", content=b"{}", headers=forged).status_code == 401
            app.terminate()
            printed, _ = app.communicate(timeout=PATIENCE)
    assert re.search(r"^[0-9a-f-]{36} booking\.confirmed [0-9a-f-]{36}$", printed, re.MULTILINE)


def test_an_app_that_is_not_there_is_said_and_hears_all_once_it_is(instance: Path) -> None:
    """Though its endpoint rests for half a minute by then."""
    with App() as gone:
        port = gone.server_port
    with listening(instance, "--forward-to", f"http://127.0.0.1:{port}/hook", "--types", "slot.created") as (
        process,
        lines,
    ):
        for _ in range(2):
            trigger(instance, "slot.created")
        until(lambda: sum("not forwarded: ConnectError" in line for line in lines) >= 5, process)
        with App(port) as app:
            Thread(target=app.serve_forever, daemon=True).start()
            begun = monotonic()
            until(lambda: sum("forwarded: 204" in line for line in lines) == 2, process)
            assert monotonic() - begun < 20
            app.shutdown()


def test_the_endpoint_of_a_listener_that_was_killed_goes_with_the_next(instance: Path) -> None:
    with listening(instance) as (killed, _):
        killed.kill()
        killed.wait(timeout=PATIENCE)
    (left,) = endpoints(instance)
    with listening(instance), listening(instance):
        assert len(endpoints(instance)) == 2
        assert left["id"] not in {endpoint["id"] for endpoint in endpoints(instance)}


@pytest.mark.parametrize(
    "words", [["--forward-to", "localhost:3000"], ["--forward-to", "ftp://x/"], ["--types", "slot"]]
)
def test_a_mistake_is_said_in_a_line(words: list[str]) -> None:
    with booking("listen", *words) as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert len(err.splitlines()) == 1


def test_without_a_development_instance_nothing_is_heard(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("BASE_URL=http://127.0.0.1:1\nADMIN_TOKEN=x\n", encoding="utf-8")
    with booking("listen", "--env-file", file) as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err.startswith("booking: nothing answers at http://127.0.0.1:1")) == (1, True)
