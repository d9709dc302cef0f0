"""Which instance a command talks to, and what it says of variables that are wrong."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from urllib.request import proxy_bypass

import pytest

from booking.cli import environment
from booking.cli.parser import main
from booking.cli.targets import tell_database
from tests.support.worlds import serving_url

Run = Callable[..., tuple[int, str, str]]
HERE = {
    "DATABASE_URL": "postgresql://app:secret-of-here@here.example:1/here",
    "BOOKING_MIGRATION_DATABASE_URL": "postgresql://owner:secret-of-here@here.example:1/here",
    "BOOKING_SQS_QUEUE_URL": "http://here.example:1/queue",
    "BOOKING_AUTH_HS256_SECRET": "secret of here, which is long enough",
    "BOOKING_AUTH_ISSUER": "https://issuer-of-here.example",
    "AWS_ENDPOINT_URL_SQS": "http://here.example:1",
    "AWS_ACCESS_KEY_ID": "here",
    "AWS_SESSION_TOKEN": "here",
    "ORGANIZATION_ID": "00000000-0000-0000-0000-000000000001",
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs the command line in an empty folder, with what is put into the environment taken out again."""
    monkeypatch.setattr(os, "environ", {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ})
    monkeypatch.chdir(tmp_path)

    def called(*words: object) -> tuple[int, str, str]:
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return called


def env_file(path: Path, **variables: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{name}={value}\n" for name, value in variables.items()), encoding="utf-8")
    return path


CHANGING = (
    ("migrate",),
    ("agent", "add", "--subject", "s", "--organization", HERE["ORGANIZATION_ID"], "--role", "admin"),
    ("agent", "remove", "--subject", "s"),
    ("applicant", "unlink", "--organization", HERE["ORGANIZATION_ID"], "--applicant", HERE["ORGANIZATION_ID"]),
    ("applicant", "erase", "--organization", HERE["ORGANIZATION_ID"], "--applicant", HERE["ORGANIZATION_ID"]),
    ("events", "dead", "redrive", "--all"),
    ("audit", "retire"),
)


@pytest.mark.parametrize("words", CHANGING, ids=" ".join)
async def test_a_file_that_is_named_goes_before_the_environment_and_what_is_changed_is_said(
    run: Run, words: tuple[str, ...], tmp_path: Path, owner_url: str
) -> None:
    """Also for the variables that the file does not name: it is an instance, and no half of one."""
    os.environ.update(HERE)
    serving = await serving_url(owner_url)
    file = env_file(tmp_path / "there", DATABASE_URL=serving, BOOKING_MIGRATION_DATABASE_URL=owner_url)
    _, out, err = await asyncio.to_thread(run, *words, "--env-file", file)
    place = serving.rpartition("@")[2]
    address, _, name = place.partition("/")
    assert out.startswith(f"on database {name} at {address}\n")
    assert "here.example" not in out + err
    assert "secret" not in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", CHANGING, ids=" ".join)
def test_what_the_file_does_not_name_is_not_taken_from_elsewhere(
    run: Run, words: tuple[str, ...], tmp_path: Path
) -> None:
    os.environ.update(HERE)
    file = env_file(tmp_path / "there", BASE_URL="http://there.example")
    code, out, err = run(*words, "--env-file", file)
    assert (code, out) == (1, "")
    assert "DATABASE_URL is required" in err
    assert run("screen", "--name", "A", "--email", "a@b.c", "--env-file", file)[0] == 1
    assert run("token", "--email", "a@b.c", "--env-file", file)[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("screen", "--name", "A", "--email", "a@b.c", "--organization", HERE["ORGANIZATION_ID"]),
        ("screenings", "dead", "redrive", "--all"),
        ("screenings", "dead", "delete", "--all"),
    ],
    ids=" ".join,
)
def test_a_queue_that_is_changed_is_the_files_and_said_beforehand(
    run: Run, words: tuple[str, ...], tmp_path: Path
) -> None:
    os.environ.update(HERE)
    queue, endpoint = "http://127.0.0.1:1/there", {"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1"}
    keys = {"AWS_ACCESS_KEY_ID": "there", "AWS_SECRET_ACCESS_KEY": "there", "AWS_REGION": "eu-west-1"}
    code, out, err = run(
        *words, "--env-file", env_file(tmp_path / "there", BOOKING_SQS_QUEUE_URL=queue, **endpoint, **keys)
    )
    assert (code, out) == (1, f"on queue {queue}\n")
    assert err.startswith(f"booking: the queue {queue}: Could not connect")


def test_the_default_file_is_an_instance_too_and_gives_way_to_an_environment_that_names_one(
    run: Run, tmp_path: Path
) -> None:
    own = "the secret of the folder, long enough"
    env_file(tmp_path / ".booking" / "env", DATABASE_URL="postgresql://folder/x", BOOKING_AUTH_HS256_SECRET=own)
    os.environ["BOOKING_AUTH_ISSUER"] = "https://issuer.example"
    assert run("token", "--email", "ada@example.com")[0] == 0
    for target in environment.TARGETS:
        os.environ.clear()
        os.environ[target] = HERE[target]
        code, out, err = run("token", "--email", "ada@example.com")
        assert (code, out) == (1, "")
        assert "BOOKING_AUTH_HS256_SECRET" in err


def test_an_emulator_is_reached_past_the_profile_the_files_and_the_proxy_of_a_user(run: Run) -> None:
    os.environ |= {
        "AWS_PROFILE": "broken",
        "AWS_CONFIG_FILE": "broken",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "http_proxy": "http://proxy.example:1",
        "NO_PROXY": "own.example",
    }
    there = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1"}
    environment.adopt(there)
    assert {name: value for name, value in os.environ.items() if name.startswith("AWS_")} == there | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    assert proxy_bypass("127.0.0.1:1")
    assert proxy_bypass("own.example")
    assert not proxy_bypass("other.example")


def test_keys_of_an_instance_come_without_a_session_or_a_profile_of_another(run: Run) -> None:
    os.environ.update(HERE | {"AWS_PROFILE": "here"})
    environment.adopt({"AWS_ACCESS_KEY_ID": "there", "AWS_SECRET_ACCESS_KEY": "there"})
    assert {name: value for name, value in os.environ.items() if name.startswith("AWS_")} == {
        "AWS_ACCESS_KEY_ID": "there",
        "AWS_SECRET_ACCESS_KEY": "there",
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"DATABASE_URL=postgresql://\xff\n", "byte 26 of it is no UTF-8"),
        (b"\xff\xfeD\x00", "byte 0 of it is no UTF-8"),
        (b"# fine\n\nA=b\nDATABASE_URL\nexport B=c\n", "lines that are not NAME=value: line 4, line 5"),
        (b"\xef\xbb\xbfDATABASE_URL=x\n", "lines that are not NAME=value: line 1"),
        (b"A=b\0c\n", "lines that are not NAME=value: line 1"),
        (b"1A=b\n A=b\n=b\n", "lines that are not NAME=value: line 1, line 2, line 3"),
    ],
)
@pytest.mark.parametrize("explicit", [True, False])
def test_a_broken_file_of_variables_is_told_and_nothing_is_done(
    run: Run, tmp_path: Path, content: bytes, told: str, explicit: bool
) -> None:
    file = env_file(tmp_path / ".booking" / "env")
    file.write_bytes(content)
    code, out, err = run("migrate", *(("--env-file", file) if explicit else ()))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("booking: ")
    assert told in err
    assert "postgresql" not in err


def test_a_file_that_is_missing_or_none_is_one_line(run: Run, tmp_path: Path) -> None:
    for file in (tmp_path / "missing", tmp_path):
        code, _, err = run("migrate", "--env-file", file)
        assert (code, err.count("\n")) == (1, 1)
        assert str(file) in err


def test_a_variable_that_is_no_setting_is_told_with_what_may_have_been_meant(run: Run, tmp_path: Path) -> None:
    secret = "s" * 40
    file = env_file(tmp_path / "there", BOOKING_AUTH_HS256_SECRET=secret, BOOKING_AUTH_AUDIENC="x", BASE_URL="y")
    code, out, err = run("token", "--email", "a@b.c", "--env-file", file)
    assert code == 0
    assert out.count(".") == 2
    assert err == "booking: BOOKING_AUTH_AUDIENC is no setting, and is not used: BOOKING_AUTH_AUDIENCE is one\n"


def test_a_database_that_is_changed_is_told_by_its_name_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    tell_database("postgresql://me:secret@db.example.com/booking")
    assert capsys.readouterr().out == "on database booking at db.example.com:5432\n"
