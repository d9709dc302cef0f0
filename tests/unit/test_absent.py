"""What is installed, and not there for others to find."""

import subprocess
import sys

import pytest

from booking.absent import absent, hollow

NAME = "wsgiref.simple_server"  # small, and nobody else's here


def test_what_is_absent_cannot_be_imported_and_afterwards_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    with absent(NAME), pytest.raises(ImportError):
        import wsgiref.simple_server
    import wsgiref.simple_server

    assert sys.modules[NAME] is wsgiref.simple_server


def test_what_has_been_imported_before_stays() -> None:
    import json

    with absent("json"):
        import json as again
    assert again is json is sys.modules["json"]


def test_what_is_hollow_has_every_name_and_afterwards_is_itself_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    with hollow(NAME):
        from wsgiref.simple_server import anything  # type: ignore[attr-defined]
    assert anything is None
    import wsgiref.simple_server as afterwards

    assert afterwards.WSGIServer is not None


@pytest.mark.parametrize(
    "name",
    [
        "annotated_types",
        "attr",
        "click",
        "cryptography.hazmat.primitives.serialization.ssh",
        "cryptography.x509",
        "http.server",
        "litestar.dto._backend",
        "pydantic",
        "rich",
        "sqlalchemy.dialects.postgresql.pg_catalog",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.orm",
        "yaml",
    ],
)
def test_the_service_runs_without_what_it_has_no_use_for(name: str) -> None:
    environment = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "BOOKING_AUTH_HS256_SECRET": "s" * 32,
        "BOOKING_AUDIT_SECRET": "s" * 32,
    }
    script = f"""
import importlib.util, sys
import booking.__main__
from booking.cli.serve import build
from booking.config import Settings
assert importlib.util.find_spec({name!r}), "this means nothing where it is not installed"
build(Settings.read({environment!r}))
assert {name!r} not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
