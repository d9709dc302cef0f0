"""`booking serve`, as production starts and ends it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import IO
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from booking.entrypoints.http.server.server import ONE_SIGNAL
from tests.commands.processes import alive, booking, children, until
from tests.support.issuer import VALID, EcKey, hmac_by, signed, token
from tests.support.worlds import as_owner, serving_url

SECRET = "s" * 32


@contextmanager
def serving(
    url: str, log: IO[str] | int = subprocess.PIPE, words: Sequence[str] = (), **environment: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    described = {
        "DATABASE_URL": url,
        "BOOKING_HTTP_PORT": str(port),
        "BOOKING_AUTH_HS256_SECRET": SECRET,
        "BOOKING_AUDIT_SECRET": SECRET,
        "BOOKING_LOG_FORMAT": "json",
        "BOOKING_DRAIN_SECONDS": "0",
        "BOOKING_SQS_QUEUE_URL": "",
    }
    with booking("serve", *words, environment=described | environment, log=log) as process:
        yield process, f"http://127.0.0.1:{port}"


def get(url: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.get(url, headers=headers)


def put(url: str, headers: dict[str, str], **body: object) -> httpx.Response:
    return httpx.put(url, headers=headers, json=body)


def post(to: str, headers: dict[str, str], **body: object) -> httpx.Response:
    return httpx.post(to, headers=headers, json=body)


def ready(base: str) -> int:
    try:
        return httpx.get(f"{base}/health/ready").status_code
    except httpx.TransportError:
        return 0


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_it_serves_and_ends_in_good_order(owner_url: str, workers: str) -> None:
    with serving(await serving_url(owner_url), BOOKING_WORKERS=workers) as (process, base):
        until(lambda: ready(base) == 200, process)
        answer = get(f"{base}/api/v1/me", headers={"X-Request-Id": "mine"})
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (401, "mine")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    lines = [json.loads(line) for line in err.splitlines()]
    (told,) = [line for line in lines if line.get("path") == "/api/v1/me"]
    assert (told["event"], told["method"], told["status"], told["request_id"]) == ("request", "GET", 401, "mine")


async def test_it_serves_as_well_where_python_takes_away_docstrings_and_asserts(owner_url: str) -> None:
    with serving(await serving_url(owner_url), PYTHONOPTIMIZE="2") as (process, base):
        until(lambda: ready(base) == 200, process)
        problem = get(f"{base}/api/v1/me").json()
    assert (problem["code"], problem["title"]) == ("unauthenticated", "A valid bearer token is needed.")


async def test_it_sends_no_webhook_to_its_own_machine_whatever_its_environment_says(owner_url: str) -> None:
    """As `booking dev` does, whose variables it may have."""
    agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
    admin = mint(SECRET, subject="ana", email=None, email_verified=False, lifetime=timedelta(hours=1), agency=agency)
    environment = {"BOOKING_SECRETS_KEY": SECRET, "BOOKING_DEV_EXPOSE": "1", "BOOKING_LOOPBACK": "true"}
    with serving(await serving_url(owner_url), subprocess.PIPE, **environment) as (process, base):
        until(lambda: ready(base) == 200, process)
        endpoints, headers = f"{base}/api/v1/webhook-endpoints", {"Authorization": f"Bearer {admin}"}
        urls = ("https://hooks.example.com/", f"{base}/", "http://localhost:3000/", "http://[::1]/")
        answers = [post(endpoints, headers, url=url) for url in urls]
    assert [answer.status_code for answer in answers] == [201, 400, 400, 400]
    assert {str(answer.json()["errors"]) for answer in answers[1:]} == {str(answers[1].json()["errors"])}


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_broken_settings_of_aws_are_told_in_one_line_and_end_it(owner_url: str, workers: str) -> None:
    broken = {"AWS_PROFILE": "missing", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    url = await serving_url(owner_url)
    queue = "https://sqs.eu-central-1.amazonaws.com/1/screenings"
    with serving(url, subprocess.PIPE, BOOKING_WORKERS=workers, BOOKING_SQS_QUEUE_URL=queue, **broken) as (process, _):
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    what = "no client for the queue can be made of AWS's settings: The config profile (missing) could not be found"
    assert {line for line in err.splitlines() if not line.startswith("{")} == {f"booking: {what}"}


SENDING = {"BOOKING_SMTP_URL": "smtp://127.0.0.1:1", "BOOKING_MAIL_FROM": "visits@example.com"}


@pytest.mark.parametrize(
    ("environment", "victim"),
    [({"BOOKING_WORKERS": "2"}, "first"), ({"BOOKING_WORKERS": "2"}, "colleague"), (SENDING, "colleague")],
    ids=["the first", "another", "the one that sends"],
)
async def test_a_worker_that_dies_ends_all(owner_url: str, environment: dict[str, str], victim: str) -> None:
    with serving(await serving_url(owner_url), subprocess.PIPE, **environment) as (process, base):
        until(lambda: ready(base) == 200, process)
        (colleague,) = children(process.pid)
        os.kill(colleague if victim == "colleague" else process.pid, signal.SIGKILL)
        assert process.wait(timeout=30) == (1 if victim == "colleague" else -signal.SIGKILL)
        until(lambda: not alive(colleague))


async def test_a_process_of_its_own_sends_and_keeps_neither_the_port_nor_a_place_in_the_row(owner_url: str) -> None:
    with serving(await serving_url(owner_url), subprocess.PIPE, **SENDING) as (process, base):
        until(lambda: ready(base) == 200, process)
        (sender,) = children(process.pid)
        until(lambda: os.getpriority(os.PRIO_PROCESS, sender) > os.getpriority(os.PRIO_PROCESS, process.pid))
        port = urlsplit(base).port
        until(lambda: listeners(port) == {process.pid}, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert not alive(sender)


def listeners(port: int | None) -> set[int]:
    """Return the processes that hold a socket which listens on the port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].partition(":")[2], 16) == port}
    found = set[int]()
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(descriptor.readlink()) in inodes:
                found.add(int(descriptor.parts[2]))
    return found


async def test_a_part_of_the_service_runs_its_own_loops_alone_and_is_healthy(owner_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = await serving_url(owner_url)
    with serving(url, words=("--only", "relay"), BOOKING_METRICS_PORT=str(port)) as (process, base):
        until(lambda: ready(base) == 200, process)
        until(lambda: "relay" in loops(port), process)
        assert loops(port) <= {
            *("relay", "counting events", "sealer", "counting seals", "looking ahead", "webhook health"),
            "looking at the database",
        }
    with serving(url, words=("--only", "consumer")) as (process, _):
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err.splitlines()[-1]) == (
        1,
        "booking: the configuration has a fault: --only consumer needs BOOKING_SQS_QUEUE_URL",
    )


def loops(port: int) -> set[str]:
    """Return the loops that an instance has."""
    return set(re.findall(r'booking_loop_failing\{loop="([^"]+)"\}', get(f"http://127.0.0.1:{port}/metrics").text))


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_taken_metrics_port_is_told_in_one_line_and_ends_it(owner_url: str, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        url = await serving_url(owner_url)
        with serving(url, BOOKING_METRICS_PORT=port, BOOKING_WORKERS=workers) as (process, _):
            _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err.splitlines()[-1].startswith(f"booking: cannot serve metrics on 127.0.0.1:{port} (")


async def test_a_statement_that_the_database_refuses_is_a_fault_that_the_log_names(owner_url: str) -> None:
    """Not an outage that passes; and with a key it is the same."""
    url = await serving_url(owner_url)
    agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
    token = mint(SECRET, subject="ana", email="ana@example.com", lifetime=timedelta(hours=1), agency=agency)
    authorized = {"Authorization": f"Bearer {token}"}
    with serving(url) as (process, base):
        until(lambda: ready(base) == 200, process)
        await as_owner(owner_url, "ALTER TABLE policies RENAME COLUMN version TO was_version")
        answers = [
            get(f"{base}/api/v1/policy", headers=authorized),
            put(f"{base}/api/v1/policy", authorized),
            put(f"{base}/api/v1/policy", authorized | {"Idempotency-Key": "k"}),
        ]
        await as_owner(owner_url, "ALTER TABLE policies RENAME COLUMN was_version TO version")
        await as_owner(owner_url, "ALTER TABLE policies ADD CHECK (notice_seconds IS NULL)")
        refused = put(f"{base}/api/v1/policy", authorized, notice_seconds=5)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    for answer in (*answers, refused):
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert answer.headers["Content-Type"] == "application/problem+json"
    told = [line for line in map(json.loads, err.splitlines()) if line["event"] == "unhandled"]
    assert [(line["statement"], line["sqlstate"]) for line in told] == [
        ("properties.policies.PostgresPolicies.settings", "42703"),
        ("properties.policies.PostgresPolicies.put", "42703"),
        ("properties.policies.PostgresPolicies.put", "42703"),
        ("properties.policies.PostgresPolicies.put", "23514"),
    ]
    assert "SELECT" not in err
    assert "was_version" not in json.dumps(told)


def test_without_its_database_it_lives_and_is_not_ready() -> None:
    with serving("postgresql://nobody@127.0.0.1:1/nothing") as (process, base):
        until(lambda: ready(base) == 503, process)
        assert httpx.get(f"{base}/health/live").json() == {"status": "ok"}
        problem = httpx.get(f"{base}/health/ready")
        assert (problem.json()["code"], problem.headers["Retry-After"]) == ("unavailable", "1")


ORIGIN, PREVIEW, FOREIGN = "https://app.example.com", "https://estate-x-team.vercel.app", "https://evil.test"


def test_pages_of_configured_origins_may_call_and_read_and_others_are_told_so() -> None:
    configured = f"{ORIGIN}, https://estate-*-team.vercel.app"
    asked = "authorization, content-type, traceparent, tracestate, baggage, sentry-trace, x-client-info, x-anything"
    with serving("postgresql://nobody@127.0.0.1:1/nothing", BOOKING_CORS_ORIGINS=configured) as (process, base):
        until(lambda: ready(base) == 503, process)
        for origin, path, method in (
            (ORIGIN, "/api/v1/bookings", "POST"),
            (PREVIEW, "/api/v1/bookings", "DELETE"),
            (PREVIEW, "/health/live", "HEAD"),
            (ORIGIN, "/nothing", "PATCH"),
        ):
            wants = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": asked}
            told = httpx.options(f"{base}{path}", headers=wants)
            assert (told.status_code, told.content) == (204, b""), path
            assert told.headers["Access-Control-Allow-Origin"] == origin
            assert told.headers["Access-Control-Allow-Headers"] == asked
            assert method in told.headers["Access-Control-Allow-Methods"].split(", ")
            assert told.headers["Access-Control-Max-Age"] == "600"
            assert "Origin" in told.headers["Vary"].split(", ")
        for path, status in (("/api/v1/me", 401), ("/api//v1/me", 404), ("/health/live", 200), ("/health/ready", 503)):
            read = get(f"{base}{path}", headers={"Origin": PREVIEW})
            assert (read.status_code, read.headers["Access-Control-Allow-Origin"]) == (status, PREVIEW)
            exposed = set(read.headers["Access-Control-Expose-Headers"].split(", "))
            assert exposed >= {"Date", "ETag", "Idempotency-Replayed", "Location", "RateLimit", "Retry-After"}
            assert "Access-Control-Allow-Credentials" not in read.headers
            hidden = get(f"{base}{path}", headers={"Origin": FOREIGN})
            assert (hidden.status_code, hidden.headers["Vary"]) == (status, "Origin")
            assert not [name for name in hidden.headers if name.startswith("access-control")]
        refused = httpx.options(
            f"{base}/api/v1/bookings", headers={"Origin": FOREIGN, "Access-Control-Request-Method": "POST"}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert not [name for name in refused.headers if name.startswith("access-control")]
        plain = httpx.options(f"{base}/health/live", headers={"Origin": ORIGIN})
        assert (plain.status_code, plain.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")


@contextmanager
def published(*keys: object) -> Iterator[str]:
    """The address of an issuer's key set."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"keys": keys}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as issuer:
        Thread(target=issuer.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{issuer.server_port}/jwks.json"
        issuer.shutdown()


def test_the_steps_of_docs_rotation_leave_no_token_behind() -> None:
    """Without a database: whoever is known to be genuine gets 503, and whoever is not 401."""
    old, new, key = "o" * 32, "n" * 32, EcKey("k1")
    claims = {**VALID, "iat": int(time.time()), "exp": int(time.time()) + 3600}

    def by(secret: str) -> str:
        return token({"alg": "HS256"}, claims, hmac_by(secret.encode()))

    tokens = {"old": by(old), "new": by(new), "key": signed(key, claims), "foreign": signed(EcKey("k1"), claims)}
    with published({**key.jwk, "alg": None}) as url:
        for secret, before, jwks_url, genuine in (
            (old, "", "", {"old"}),
            (new, old, "", {"old", "new"}),
            (new, "", "", {"new"}),
            (new, old, url, {"old", "new", "key"}),
            ("", f"{new} {old}", url, {"old", "new", "key"}),
            ("", "", url, {"key"}),
        ):
            environment = {
                "BOOKING_AUTH_HS256_SECRET": secret,
                "BOOKING_AUTH_HS256_SECRETS_BEFORE": before,
                "BOOKING_AUTH_JWKS_URL": jwks_url,
            }
            with serving("postgresql://nobody@127.0.0.1:1/nothing", subprocess.PIPE, **environment) as (process, base):
                until(lambda base=base: ready(base) == 503, process)  # type: ignore[misc]
                told = {
                    name: get(f"{base}/api/v1/me", headers={"Authorization": f"Bearer {text}"}).status_code
                    for name, text in tokens.items()
                }
            assert told == {name: 503 if name in genuine else 401 for name in tokens}, environment


def test_an_unfit_environment_is_told_in_full_and_nothing_starts() -> None:
    with booking("serve", environment={"DATABASE_URL": "", "BOOKING_HTTP_PORT": "x"}) as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err.startswith("booking: the configuration has faults:\n")
    assert "DATABASE_URL is required" in err
    assert "BOOKING_HTTP_PORT" in err


async def test_a_variable_that_is_no_setting_is_told_in_the_log(owner_url: str) -> None:
    url = await serving_url(owner_url)
    with serving(url, BOOKING_WORKER="2") as (process, base):
        until(lambda: ready(base) == 200, process)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    told = [line for line in map(json.loads, err.splitlines()) if line["event"] == "unknown setting"]
    assert [line["fault"] for line in told] == ["BOOKING_WORKER is no setting, and is not used: BOOKING_WORKERS is one"]


async def test_a_taken_port_is_told_in_one_line(owner_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {
            "DATABASE_URL": await serving_url(owner_url),
            "BOOKING_AUTH_HS256_SECRET": SECRET,
            "BOOKING_AUDIT_SECRET": SECRET,
            "BOOKING_HTTP_PORT": str(taken.getsockname()[1]),
        }
        with booking("serve", environment=environment) as process:
            _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err.startswith("booking: cannot listen on 127.0.0.1:")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("drain", ["0", "1"])
def test_a_whole_process_group_that_is_told_to_end_answers_what_it_was_asked(drain: str) -> None:
    """As CI, Playwright and make send it: each worker is told by its group and by the first worker, and some twice."""
    secret = "s" * 32
    claims = {**VALID, "iat": int(time.time()), "exp": int(time.time()) + 3600}
    bearer = token({"alg": "HS256"}, claims, hmac_by(secret.encode()))
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    environment = {"BOOKING_AUTH_HS256_SECRET": secret, "BOOKING_WORKERS": "3", "BOOKING_DRAIN_SECONDS": drain}
    with serving(nowhere, subprocess.PIPE, **environment) as (process, base), ExitStack() as stack:
        until(lambda: ready(base) == 503, process)
        address = urlsplit(base)
        asking = [
            stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=30))
            for _ in range(9)
        ]
        for one in asking:
            one.sendall(
                b"POST /api/v1/bookings HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
                b"Authorization: Bearer " + bearer.encode() + b"\r\n\r\n"
            )
        assert [one.recv(100) for one in asking] == [b"HTTP/1.1 100 Continue\r\n\r\n"] * 9  # all of them are at work
        for _ in range(3):
            os.killpg(process.pid, signal.SIGTERM)
        until(lambda: ready(base) == 0, process)
        for one in asking:
            one.sendall(b"{}")
        answers = [b"".join(iter(lambda one=one: one.recv(65_536), b"")) for one in asking]  # type: ignore[misc]
        assert process.wait(timeout=30) == 0
    assert [(told[:12], told[-1:]) for told in answers] == [(b"HTTP/1.1 503", b"}")] * 9


START = """
import os, signal, socket
from booking.entrypoints.http.server.worker_processes import WorkerProcesses
from booking import loop
from booking.entrypoints.http.server.server import Server, listen

async def app(scope, receive, send):
    while (message := await receive())["type"].startswith("lifespan"):
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return

WorkerProcesses(0, print, ()).start()
os.kill(os.getpid(), signal.SIGTERM)
server = Server(app, lambda: print("told to end"))
loop.run(server.serve(sockets=[listen("127.0.0.1", 0)]))
"""


def test_a_start_that_is_told_to_end_ends_in_good_order() -> None:
    """Else its children, which may be at work by then, would be left alone with what they were asked."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "told to end\n", "")


async def test_who_cannot_wait_signals_again_and_is_spared_a_traceback(owner_url: str, tmp_path: Path) -> None:
    """The first says that it is not ready any more, the second lets nobody else in, the third cuts off who is."""
    log = tmp_path / "log"
    agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
    token = mint(
        SECRET, subject="s", email="s@example.com", email_verified=True, lifetime=timedelta(hours=1), agency=agency
    )
    url = await serving_url(owner_url)
    with log.open("w") as output, serving(url, log=output, BOOKING_DRAIN_SECONDS="5") as (process, base):
        until(lambda: ready(base) == 200, process)
        address = urlsplit(base)
        with socket.create_connection((address.hostname, address.port)) as unfinished:
            unfinished.sendall(
                b"POST /api/v1/bookings HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nContent-Length: 9\r\n"
                b"Authorization: Bearer " + token.encode() + b"\r\n\r\n{"
            )
            for status in (503, 0):
                process.send_signal(signal.SIGTERM)
                again_at = time.monotonic() + ONE_SIGNAL  # what comes earlier is the same signal
                until(lambda status=status: ready(base) == status, process)  # type: ignore[misc]
                until(lambda at=again_at: time.monotonic() >= at)  # type: ignore[misc]
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
    assert not [line for line in log.read_text().splitlines() if "exception" in json.loads(line)]


async def test_streams_are_told_when_to_come_again_and_closed_at_the_first_signal(owner_url: str) -> None:
    agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
    bearer = mint(SECRET, subject="ada", lifetime=timedelta(hours=1), agency=agency)
    headers = {"Authorization": f"Bearer {bearer}"}
    with serving(await serving_url(owner_url), BOOKING_DRAIN_SECONDS="8") as (process, base), ExitStack() as stack:
        until(lambda: ready(base) == 200, process)
        opened = [
            stack.enter_context(httpx.stream("GET", f"{base}/api/v1/stream", headers=headers, timeout=30))
            for _ in range(5)
        ]
        lines = [one.iter_lines() for one in opened]
        for begun in lines:
            assert next(begun).startswith("retry: ")
        process.send_signal(signal.SIGTERM)
        rest = [list(some) for some in lines]  # ends, while the process drains for long
        assert process.poll() is None
        refused = get(f"{base}/api/v1/stream", headers=headers)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    times = [int(some[-2].removeprefix("retry: ")) for some in rest]
    assert all(1_000 <= one <= 10_000 for one in times)
    assert len(set(times)) > 1
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
