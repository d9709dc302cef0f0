"""`booking dev`, as a new user starts it and a careless one ends it."""

import json
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import httpx

from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from tests.commands.processes import alive, booking, read_env, until
from tests.support.issuer import EcKey, payload, signed

NAMED = {
    "BASE_URL",
    "DATABASE_URL",
    "SQS_QUEUE_URL",
    "AWS_ENDPOINT_URL_SQS",
    "JWT_SECRET",
    "ORGANIZATION_ID",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AGENT_TOKEN",
    "ADMIN_TOKEN",
    "APPLICANT_TOKEN",
    "APPLICANT2_TOKEN",
}


def get(env: dict[str, str], path: str, token: str = "APPLICANT_TOKEN") -> httpx.Response:
    return httpx.get(env["BASE_URL"] + path, headers={"Authorization": f"Bearer {env[token]}"})


def ready(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health/ready", timeout=1).status_code == 200
    except httpx.TransportError:
        return False


def ended(process: subprocess.Popen[str]) -> str:
    """What it said until it was told to end; a busy machine may have said that it waits for the database."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert [line for line in err.splitlines() if "the database" not in line] == []
    return str(out)


def test_it_starts_with_a_demo_and_keeps_what_was_booked(tmp_path: Path) -> None:
    """One start, an orderly end, and a second start on the same folder, where nothing can be booked any more."""
    data_dir, env_file = tmp_path / "data", tmp_path / "env"
    data_dir.mkdir()
    for stale in (env_file, data_dir / "env"):
        stale.write_text("BASE_URL=http://stale.example\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with booking("dev", "--port", port, "--data-dir", data_dir, "--env-file", env_file) as process:
        until(lambda: ready(base) or read_base(env_file) == base, process)
        env = read_env(env_file)  # which is there as soon as it is ready, and it is ready as soon as that is there
        assert ready(base)
        assert env == read_env(data_dir / "env")
        assert env["BASE_URL"] == base
        assert env.keys() >= NAMED
        assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
        me = get(env, "/api/v1/me").json()["me"]
        assert [(one["organization_id"], one["eligible"]) for one in me["applicants"]] == [
            (env["ORGANIZATION_ID"], True)
        ]
        (schedule,) = get(env, "/api/v1/schedules", "ADMIN_TOKEN").json()["schedules"]
        slots = get(env, "/api/v1/slots?limit=100", "ADMIN_TOKEN").json()["slots"]
        slots = [slot for slot in slots if slot["property_id"] != schedule["property_id"]]
        watches = get(env, "/api/v1/watches", "APPLICANT2_TOKEN").json()["watches"]
        assert [one["property_id"] for one in watches] == [schedule["property_id"]]
        assert [slot["capacity"] for slot in slots].count(1) == 7 * 4 * 2
        assert [slot["capacity"] for slot in slots].count(12) == 1  # the open house
        assert len({slot["property_id"] for slot in slots}) == 3
        assert len({slot["agent_id"] for slot in slots}) == 2
        tried_on_the_page(env)
        with httpx.Client(base_url=base) as http:
            applicant, admin = ({"Authorization": f"Bearer {env[name]}"} for name in ("APPLICANT_TOKEN", "ADMIN_TOKEN"))
            booked = http.post("/api/v1/bookings", headers=applicant, json={"slot_id": env["SLOT_ID"]})
            assert booked.status_code == 201
            for slot in slots:
                if slot["id"] != env["SLOT_ID"]:
                    assert http.delete(f"/api/v1/slots/{slot['id']}", headers=admin).status_code == 204
        second = get(env, "/api/v1/me", "APPLICANT2_TOKEN").json()["me"]["applicants"][0]
        erase = ("applicant", "erase", "--organization", env["ORGANIZATION_ID"], "--applicant", second["id"])
        with booking(*erase, "--env-file", env_file) as erasing:
            out, err = erasing.communicate(timeout=60)
            assert erasing.returncode == 0, err
            assert "on database booking at 127.0.0.1:" in out
        welcome_fits(ended(process), env, env_file)
    assert not env_file.exists()
    assert not (data_dir / "env").exists()
    secret = "an issuer's own secret, which is long enough"
    theirs = {"HS256_SECRET": secret, "ISSUER": "http://127.0.0.1:54321/auth/v1", "AUDIENCE": "estate"}
    environment = {f"BOOKING_AUTH_{name}": value for name, value in theirs.items()}
    hostile = {"AWS_PROFILE": "broken", "AWS_CONFIG_FILE": __file__, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    hostile |= {"http_proxy": "http://127.0.0.1:1"}
    words = ("dev", "--port", 0, "--data-dir", data_dir, "--env-file", env_file)
    with booking(*words, environment=environment | hostile) as process:
        until(env_file.exists, process)
        again = read_env(env_file)
        assert {name: again[name] for name in environment} == environment
        assert again["JWT_SECRET"] == secret
        assert get(again, booked.headers["Location"]).json()["booking"]["status"] == "confirmed"
        assert get(again, "/api/v1/me").json()["me"] == me
        offered = get(again, f"/api/v1/properties/{again['PROPERTY_ID']}/slots").json()["slots"]
        assert again["SLOT_ID"] in {slot["id"] for slot in offered}
        agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
        token = {"lifetime": timedelta(hours=1), "agency": agency, "audience": "estate", "issuer": theirs["ISSUER"]}
        told = {
            of: get({**again, "TOKEN": mint(of, subject="s", email="s@example.com", **token)}, "/api/v1/me", "TOKEN")  # type: ignore[arg-type]
            for of in (secret, env["JWT_SECRET"])
        }
        assert [answer.status_code for answer in told.values()] == [200, 401]
        taken = socket.create_server(("127.0.0.1", 0))
        with booking("dev", "--port", taken.getsockname()[1], "--ephemeral") as refused:
            _, err = refused.communicate(timeout=30)
            assert refused.returncode == 1
            assert err.splitlines()[-1].startswith("booking: cannot listen on 127.0.0.1:")
            assert len(err.splitlines()) == 1
        taken.close()
        with booking(*words) as refused:
            _, err = refused.communicate(timeout=60)
            assert (refused.returncode, len(err.splitlines())) == (1, 1)
        assert read_env(data_dir / "env") == read_env(env_file) == again  # another's description is not removed
        env_file.write_text("BASE_URL=http://another.example\n", encoding="utf-8")
        ended(process)
    assert env_file.read_text(encoding="utf-8") == "BASE_URL=http://another.example\n"


def tried_on_the_page(env: dict[str, str]) -> None:
    """What the documentation fills in for a reader succeeds as it is."""
    contract = httpx.get(env["BASE_URL"] + "/openapi.json").json()
    parameters = contract["components"]["parameters"]
    slot_id, property_id = (parameters[name]["example"] for name in ("SlotIdInPath", "PropertyIdInPath"))
    assert (slot_id, property_id) == (env["SLOT_ID"], env["PROPERTY_ID"])
    offer, move = (
        contract["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
        for path in ("/api/v1/slots", "/api/v1/bookings/{booking_id}/reschedule")
    )
    bookable = get(env, f"/api/v1/properties/{property_id}/slots").json()["slots"]
    assert [one["value"]["slot_id"] for one in move.values()] == [bookable[1]["id"]]
    headers = {"Authorization": f"Bearer {env['ADMIN_TOKEN']}"}
    slots = [
        httpx.post(env["BASE_URL"] + "/api/v1/slots", headers=headers, json=one["value"]) for one in offer.values()
    ]
    assert [slot.status_code for slot in slots] == [201] * 3
    member = get(env, "/api/v1/me", "AGENT_TOKEN").json()["me"]["agent"]["id"]
    assert [slot.json()["slot"]["agent_id"] == member for slot in slots] == [False, True, False]
    for slot in slots:
        assert httpx.delete(env["BASE_URL"] + slot.headers["Location"], headers=headers).status_code == 204


def read_base(file: Path) -> str | None:
    return read_env(file).get("BASE_URL") if file.exists() else None


def welcome_fits(out: str, env: dict[str, str], env_file: Path) -> None:
    """On a screen of 24 lines of 80 columns, with the addresses last and no token spelt out."""
    lines = out.splitlines()
    assert len(lines) <= 23  # and the one that the cursor is on
    assert [line for line in lines if len(line.replace(str(env_file), ".booking/env")) > 80] == []
    assert [name for name in NAMED if name.endswith(("TOKEN", "SECRET", "KEY")) and env[name] in out] == []
    for named in ("ADMIN_TOKEN", "AGENT_TOKEN", "APPLICANT_TOKEN", "APPLICANT2_TOKEN"):
        assert f"${named}" in out
    assert out.count("\ncurl ") == 3
    assert f"set -a; . {env_file}; set +a" in lines
    assert lines[-3].endswith(env["SQS_QUEUE_URL"])
    assert lines[-2].endswith(env["BASE_URL"] + "/docs")
    assert lines[-1].endswith(env["BASE_URL"] + "/api/v1")


def test_killed_outright_it_leaves_no_server_behind_and_starts_again(tmp_path: Path) -> None:
    data_dir, env_file = tmp_path / "data", tmp_path / "env"
    with booking("dev", "--port", 0, "--data-dir", data_dir, "--env-file", env_file) as process:
        until(env_file.exists, process)
        postmaster = int(next(data_dir.rglob("postmaster.pid")).read_text(encoding="utf-8").split()[0])
        servers = [pid for pid in children(process.pid) if alive(pid)]
        assert servers
        process.kill()
        until(lambda: not any(map(alive, servers)))
    assert postmaster
    former = read_base(env_file)
    key = EcKey("1")
    words = ("dev", "--port", 0, "--data-dir", data_dir, "--env-file", env_file)
    with published(key) as url, booking(*words, environment={"BOOKING_AUTH_JWKS_URL": url}) as process:
        until(lambda: read_base(env_file) not in (None, former), process)
        env = read_env(env_file)
        assert get(env, "/health/ready").json() == {"status": "ok"}
        theirs = payload(exp=int(time.time()) + 3600, iat=int(time.time()))
        told = [get(env | {"TOKEN": signed(by, theirs)}, "/api/v1/me", "TOKEN") for by in (key, EcKey("1"))]
        assert [answer.status_code for answer in told] == [200, 401]
        assert get(env, "/api/v1/me").status_code == 200  # the demo's own tokens are taken beside the issuer's
        out = ended(process)
        assert f"and those of the issuer: {url}" in out
        assert len(out.splitlines()) <= 23


@contextmanager
def published(key: EcKey) -> Iterator[str]:
    """Where an issuer publishes this key, until the end of the block."""

    class Issuer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"keys": [key.jwk]}).encode())

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Issuer) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/jwks.json"
        server.shutdown()
        thread.join()


def test_a_broken_data_folder_gives_one_clear_line(tmp_path: Path) -> None:
    broken = tmp_path / "data" / "postgres" / "cluster"
    broken.mkdir(parents=True)
    (broken / "PG_VERSION").write_text("nonsense", encoding="utf-8")
    with booking("dev", "--port", 0, "--data-dir", tmp_path / "data") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith("booking: ")
    assert len(err.splitlines()) == 1
    assert str(tmp_path) in err


def children(pid: int) -> list[int]:
    """Of one process, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="utf-8").split():
            found += [int(child), *children(int(child))]
    return found
