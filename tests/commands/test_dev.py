"""`booking dev`, as a new user starts it and a careless one ends it."""

import signal
import socket
import stat
from pathlib import Path

import httpx

from tests.commands.processes import alive, booking, read_env, until

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


def test_it_starts_with_a_demo_and_keeps_what_was_booked(tmp_path: Path) -> None:
    """One start, an orderly end, and a second start on the same folder."""
    data_dir, env_file = tmp_path / "data", tmp_path / "env"
    with booking("dev", "--port", 0, "--data-dir", data_dir, "--env-file", env_file) as process:
        until(env_file.exists, process)
        env = read_env(env_file)
        assert env.keys() >= NAMED
        assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
        me = get(env, "/api/v1/me").json()["me"]
        assert [(one["organization_id"], one["eligible"]) for one in me["applicants"]] == [
            (env["ORGANIZATION_ID"], True)
        ]
        slots = get(env, "/api/v1/slots?limit=100", "ADMIN_TOKEN").json()["slots"]
        assert [slot["capacity"] for slot in slots].count(1) == 7 * 4 * 2
        assert [slot["capacity"] for slot in slots].count(12) == 1  # the open house
        assert len({slot["property_id"] for slot in slots}) == 3
        assert len({slot["agent_id"] for slot in slots}) == 2
        booked = httpx.post(
            env["BASE_URL"] + "/api/v1/bookings",
            headers={"Authorization": f"Bearer {env['APPLICANT_TOKEN']}"},
            json={"slot_id": slots[0]["id"]},
        )
        assert booked.status_code == 201
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, err) == (0, "")
        assert out.count("\ncurl ") == 3
        for told in (env["BASE_URL"] + "/docs", env["SQS_QUEUE_URL"], env["AGENT_TOKEN"], env["APPLICANT2_TOKEN"]):
            assert told in out
    env_file.unlink()
    with booking("dev", "--port", 0, "--data-dir", data_dir, "--env-file", env_file) as process:
        until(env_file.exists, process)
        again = read_env(env_file)
        assert get(again, booked.headers["Location"]).json()["booking"]["status"] == "confirmed"
        assert get(again, "/api/v1/me").json()["me"] == me
        taken = socket.create_server(("127.0.0.1", 0))
        with booking("dev", "--port", taken.getsockname()[1], "--ephemeral") as refused:
            _, err = refused.communicate(timeout=30)
            assert refused.returncode == 1
            assert err.splitlines()[-1].startswith("booking: cannot listen on 127.0.0.1:")
            assert len(err.splitlines()) == 1
        taken.close()


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
    env_file.unlink()
    with booking("dev", "--port", 0, "--data-dir", data_dir, "--env-file", env_file) as process:
        until(env_file.exists, process)
        assert get(read_env(env_file), "/health/ready").json() == {"status": "ok"}


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
