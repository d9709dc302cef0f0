"""What all proofs share."""

from multiprocessing import forkserver

import pytest

from tests.commands.processes import UNTRACED


@pytest.fixture(scope="session", autouse=True)
def _untraced_fork_server() -> None:
    """Most of what it forks is killed, and would not tell what it covered."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in UNTRACED.items():
            patched.setenv(name, value)
        forkserver.ensure_running()
