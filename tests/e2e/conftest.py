"""One running instance for all end-to-end tests: the one that BOOKING_E2E_ENV_FILE describes, or one of our own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.commands.processes import booking, read_env, until
from tests.e2e.driver import Instance


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    if given := os.environ.get("BOOKING_E2E_ENV_FILE"):
        with described(Path(given)) as running:
            yield running
        return
    env_file = tmp_path_factory.mktemp("e2e") / "env"
    with booking("dev", "--ephemeral", "--port", 0, "--env-file", env_file) as process:
        until(env_file.exists, process)
        with described(env_file) as running:
            yield running


@contextmanager
def described(env_file: Path) -> Iterator[Instance]:
    env = read_env(env_file)
    with httpx.Client(base_url=env["BASE_URL"], timeout=30) as http:
        running = Instance(env, http)
        try:
            yield running
        finally:
            running.sqs.close()
