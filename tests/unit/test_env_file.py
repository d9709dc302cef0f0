"""The description of a running instance: there when it can be used, and nobody else's to remove."""

import stat
from pathlib import Path

import pytest

from booking.bootstrap import build
from booking.config import Settings
from booking.domain.refusals import Unavailable
from booking.entrypoints.dev.env_file import EnvFile, EnvFileRefused
from booking.entrypoints.dev.stack import BrokenSecrets, Secrets


def test_it_is_removed_before_the_start_and_at_the_end_while_it_is_ours(tmp_path: Path) -> None:
    path = tmp_path / "booking.env"
    path.write_text("stale")
    file = EnvFile(path)
    file.check()
    file.withdraw()
    assert path.read_text() == "stale"  # nothing of ours yet
    file.clear()
    assert not path.exists()
    file.write({"A": "b"})
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("A=b\n", 0o600)
    path.write_text("another's")
    file.withdraw()
    assert path.read_text() == "another's"
    file.write({"A": "b"})
    file.withdraw()
    file.withdraw()
    file.clear()
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_it_cannot_stand_is_told_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EnvFileRefused, match="is a folder: name a file in it"):
        EnvFile(tmp_path).check()
    with pytest.raises(EnvFileRefused, match=r"there is no folder .*/missing for env: make it, or name another"):
        EnvFile(tmp_path / "missing" / "env").check()
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(EnvFileRefused, match="nothing can be written in"):
        EnvFile(tmp_path / "env").check()


@pytest.mark.parametrize("content", [b"", b"{broken", b"{}", b'{"jwt_secret": 1}', b"\xff"])
def test_secrets_that_cannot_be_read_are_told_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secrets.json").write_bytes(content)
    with pytest.raises(BrokenSecrets, match=r"secrets\.json cannot be read\): remove it to start afresh, or pass"):
        Secrets.of(tmp_path)


async def test_an_instance_is_not_ready_before_it_is_prepared(owner_url: str) -> None:
    prepared = False
    secret = dict.fromkeys(("BOOKING_AUTH_HS256_SECRET", "BOOKING_AUDIT_SECRET"), "s" * 32)
    instance = build(Settings.read({"DATABASE_URL": owner_url} | secret), prepared=lambda: prepared)
    with pytest.raises(Unavailable, match="this instance is still being prepared"):
        await instance.ready()
    prepared = True
    await instance.ready()
