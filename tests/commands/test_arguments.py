"""Commands that are called wrongly, or whose surroundings are: one line each, and no traceback."""

import argparse
import inspect
import os
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest

from booking.cli.parser import command_line, main, named
from booking.entrypoints.dev.sqs import EmbeddedSqs

Run = Callable[..., tuple[int, str]]
SECRET = "s" * 40
ID = "11111111-1111-4111-8111-111111111111"
SCREEN = ("screen", "--name", "Ada", "--email", "ada@example.com", "--organization", ID)
NOWHERE = ("--queue-url", "http://127.0.0.1:1/q")
ADD = ("agent", "add", "--organization", ID, "--role", "admin", "--subject")
DEV = ("dev", "--ephemeral", "--port")
NO_UTF8 = "\udcff"  # as Python has an argument's byte 0xff


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    monkeypatch.setattr(os, "environ", kept | {"AWS_DEFAULT_REGION": "us-east-1", "BOOKING_AUTH_HS256_SECRET": SECRET})

    def called(*words: str) -> tuple[int, str]:
        try:
            code = main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        assert told.out == "" or re.fullmatch(r"on queue \S+\n", told.out)
        assert told.err.startswith("booking: ")
        assert told.err.count("\n") == 1
        return code, told.err

    return called


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("token", "--hours", "1e300", "--email", "a@b"), "--hours: must be a number of hours above 0"),
        (("token", "--hours", "nan", "--email", "a@b"), "--hours: must be a number of hours above 0"),
        (("token", "--hours", "-1", "--email", "a@b"), "--hours: must be a number of hours above 0"),
        (("token", "--hours", "1e-9", "--email", "a@b"), "--hours: must be a number of hours above 0"),
        (("token", "--hours", "soon", "--email", "a@b"), "--hours: must be a number of hours above 0"),
        (("token", "--email", ""), "--email: must be a text"),
        (("token", "--email", "ada"), "--email: must be an email address"),
        (("token", "--email", f"{NO_UTF8}@b"), "--email: must be a text"),
        (("token", "--subject", " "), "--subject: must be a text"),
        (("token", "--subject", "s" * 256), "--subject: must have at most 255 characters"),
        (("token", "--email", f"{'a' * 319}@b"), "--email: must be an email address"),
        (("token", "--role", "owner"), "--role: must be one of member, admin"),
        (("token", "--role", "admin", "--organization", "1"), "--organization: invalid UUID value: '1'"),
        ((*DEV, "80000"), "--port: must be a number from 0 to 65535"),
        ((*DEV, "-1"), "--port: must be a number from 0 to 65535"),
        ((*DEV, "1" * 5000), "--port: must be a number from 0 to 65535"),
        ((*DEV, "\u0661"), "--port: must be a number from 0 to 65535"),
        ((*SCREEN, "--risk", "mild"), "--risk: must be one of LOW, MEDIUM, HIGH"),
        (("listen", "--types", "booked"), "--types: invalid choice: 'booked' (choose from 'slot.created', "),
        (("trigger", "booked"), "TYPE: invalid choice: 'booked' (choose from 'slot.created', "),
        ((*SCREEN, "--screened-at", "yesterday"), "--screened-at: must be a time of RFC 3339 with an offset"),
        ((*SCREEN, "--screened-at", "2026-05-04T10:00:00"), "--screened-at: must be a time of RFC 3339"),
        ((*SCREEN, "--name", f"Ada{NO_UTF8}"), "--name: must be a text"),
        ((*SCREEN, "--email", "ada"), "--email: must be an email address"),
        ((*ADD, ""), "--subject: must be a text"),
        ((*ADD, "s" * 256), "--subject: must have at most 255 characters"),
        ((*ADD, f"a{NO_UTF8}"), "--subject: must be a text"),
        (("audit", "verify", "--head", "one:ab"), "--head: must be SEAL:DIGEST"),
        (("audit", "verify", "--head", f"{2**63}:ab"), "--head: must be SEAL:DIGEST"),
        (("audit", "verify", "--head", "1:xyz"), "--head: must be SEAL:DIGEST"),
        (("events", "dead", "show", "one"), "argument id: invalid UUID value: 'one'"),
        (("screenings", "dead", "redrive"), "one of the arguments id --all is required"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(run: Run, words: tuple[str, ...], told: str) -> None:
    code, line = run(*words)
    assert code == 2
    assert told in line


@pytest.mark.parametrize(
    ("words", "variables", "told"),
    [
        (("token",), {}, "--email, --subject or --role is required: the token would be nobody's"),
        (("token", "--role", "admin"), {}, "--organization is required"),
        (("token", "--role", "admin"), {"ORGANIZATION_ID": "one"}, "ORGANIZATION_ID must be a UUID"),
        (
            ("token", "--email", "a@b"),
            {"BOOKING_AUTH_HS256_SECRET": ""},
            "BOOKING_AUTH_HS256_SECRET, BOOKING_AUTH_JWKS_URL or both are required",
        ),
        (("token", "--email", "a@b"), {"BOOKING_AUTH_HS256_SECRET": "short"}, "must have at least 32 bytes"),
        (
            ("token", "--email", "a@b"),
            {"BOOKING_AUTH_HS256_SECRET": "", "BOOKING_AUTH_JWKS_URL": "https://issuer.example/jwks"},
            "an issuer is configured",
        ),
        ((*SCREEN, "--queue-url", "queue"), {}, "BOOKING_SQS_QUEUE_URL must be an http:// or https:// URL"),
        ((*SCREEN, "--queue-url", "http://[::1"), {}, "BOOKING_SQS_QUEUE_URL must be an http:// or https:// URL"),
        ((*SCREEN, *NOWHERE), {"AWS_ACCESS_KEY_ID": ""}, "Unable to locate credentials"),
        ((*SCREEN, *NOWHERE), {}, "Could not connect to the endpoint URL"),
        ((*SCREEN, *NOWHERE), {"AWS_PROFILE": "broken"}, "The config profile (broken) could not be found"),
        ((*SCREEN, *NOWHERE), {"AWS_CONFIG_FILE": __file__}, "Unable to parse config file"),
        ((*SCREEN, *NOWHERE), {"AWS_ENDPOINT_URL_SQS": "nowhere"}, "Invalid endpoint: nowhere"),
        ((*SCREEN, *NOWHERE), {"AWS_DEFAULT_REGION": "no region"}, "doesn't match a supported format"),
        (("screenings", "dead", "list"), {"BOOKING_SQS_QUEUE_URL": "x"}, "must be an http:// or https:// URL"),
        (("check",), {"DATABASE_URL": "postgresql://[::1/x"}, "DATABASE_URL must be a postgresql:// URL"),
        (("check",), {"DATABASE_URL": "postgresql://h:99999/x"}, "DATABASE_URL must be a postgresql:// URL"),
        (("check",), {"DATABASE_URL": "postgresql://h:port/x"}, "DATABASE_URL must be a postgresql:// URL"),
        ((*DEV, "0", "--host", "a" * 300), {}, "can be reached by other machines"),
        ((*DEV, "0", "--host", "a" * 300), {"BOOKING_DEV_EXPOSE": "1"}, "cannot listen on aaa"),
        (("dev", "--port", "0", "--data-dir", "/dev/null"), {}, "/dev/null: File exists"),
        ((*DEV, "0", "--env-file", "nothing/env"), {}, "there is no folder nothing for env"),
        ((*DEV, "0", "--env-file", "."), {}, "is a folder: name a file in it"),
        ((*DEV, "0"), {"BOOKING_AUTH_HS256_SECRET": "short"}, "BOOKING_AUTH_HS256_SECRET must have at least 32 bytes"),
        ((*DEV, "0"), {"BOOKING_AUTH_JWKS_URL": "ftp://issuer"}, "BOOKING_AUTH_JWKS_URL must be"),
        ((*DEV, "0"), {"BOOKING_LIMIT_PERSON": "many"}, "BOOKING_LIMIT_PERSON must be a number"),
        ((*DEV, "0"), {"BOOKING_EVENTS_TARGET": "bookings"}, "BOOKING_EVENTS_TARGET"),
        ((*DEV, "0"), {"BOOKING_TRUSTED_PROXIES": "nearby"}, "BOOKING_TRUSTED_PROXIES"),
        (("migrate", "--env-file", "nothing"), {}, "nothing: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    run: Run, words: tuple[str, ...], variables: dict[str, str], told: str
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1"}
    os.environ.update(keys | {"AWS_EC2_METADATA_DISABLED": "true"} | variables)
    code, line = run(*words)
    assert code == 1
    assert told in line


def test_settings_that_the_development_stack_does_not_use_are_told(
    capsys: pytest.CaptureFixture[str], run: Run
) -> None:
    os.environ |= {"BOOKING_HTTP_PORT": "9", "BOOKING_WORKERS": "2", "BOOKING_LIMIT_PERSON": "5"}
    assert main([*DEV, "0", "--env-file", "nothing/env"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in told[:-1]] == ["BOOKING_HTTP_PORT", "BOOKING_WORKERS"]
    assert "there is no folder nothing" in told[-1]


@pytest.fixture(scope="module")
def sqs() -> Iterator[EmbeddedSqs]:
    with EmbeddedSqs.start(queue=f"arguments-{uuid4()}") as running:
        yield running


@pytest.mark.parametrize("words", [SCREEN, ("screenings", "dead", "list")], ids=" ".join)
def test_a_queue_that_is_not_there_or_not_ours_is_told_in_one_line(
    run: Run, sqs: EmbeddedSqs, words: tuple[str, ...]
) -> None:
    missing = f"{sqs.endpoint_url}/123456789012/missing"
    for secret, told in ((sqs.secret_access_key, "NonExistentQueue"), ("another", "SignatureDoesNotMatch")):
        os.environ |= {
            "AWS_ENDPOINT_URL_SQS": sqs.endpoint_url,
            "AWS_ACCESS_KEY_ID": sqs.access_key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "BOOKING_SQS_QUEUE_URL": missing,
        }
        code, line = run(*words)
        assert code == 1
        assert line.startswith(f"booking: the queue {missing}: ")
        assert told in line


@pytest.mark.parametrize("words", [SCREEN, ("screenings", "dead", "list")], ids=" ".join)
def test_what_is_no_queue_at_all_is_told_in_one_line(run: Run, words: tuple[str, ...]) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Welcome</html>")

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            os.environ |= {"AWS_ENDPOINT_URL_SQS": url, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
            os.environ["BOOKING_SQS_QUEUE_URL"] = f"{url}/q"
            assert run(*words) == (1, f"booking: the queue {url}/q: what answers there is no SQS\n")
        finally:
            server.shutdown()
            thread.join()


def test_the_release_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert capsys.readouterr().out == "booking 0.1.0\n"


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for group in groups:
        for one in group.choices.values():
            yield from leaves(one)
    if not groups:
        yield parser


def test_each_command_has_a_function_that_takes_its_arguments() -> None:
    checked = set()
    for parser in leaves(command_line()):
        function = parser.get_default("function")
        dests = {action.dest for action in parser._actions} - {"help", "instance"}
        assert dests == set(inspect.signature(named(function)).parameters), function
        checked.add(function)
    assert len(checked) > 20
