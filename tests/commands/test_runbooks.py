"""Every command of the runbooks does what it says, on an instance that runs."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from booking import files
from booking.entrypoints.dev.cluster import find_binaries
from booking.entrypoints.dev.sqs import EmbeddedSqs
from tests.commands.processes import until
from tests.commands.test_serve import SECRET, ready, serving
from tests.support.worlds import serving_url

PAGES = sorted(files.path("docs/runbooks").glob("*.md"))
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMANDS = sorted({block for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8"))})


@pytest.fixture(scope="module")
def sqs() -> Iterator[EmbeddedSqs]:
    with EmbeddedSqs.start(queue=f"runbooks-{uuid4()}") as running:
        yield running


async def test_every_command_of_the_runbooks_ends_well(owner_url: str, sqs: EmbeddedSqs) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl: install Debian's `curl`")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "BOOKING_METRICS_PORT": str(port),
        "BOOKING_SQS_QUEUE_URL": sqs.queue_url,
        "AWS_ENDPOINT_URL_SQS": sqs.endpoint_url,
        "AWS_DEFAULT_REGION": sqs.region,
        "AWS_ACCESS_KEY_ID": sqs.access_key_id,
        "AWS_SECRET_ACCESS_KEY": sqs.secret_access_key,
    }
    url = await serving_url(owner_url)
    with serving(url, subprocess.DEVNULL, **environment) as (process, base):
        until(lambda: ready(base) == 200, process)
        shell = {
            **os.environ,
            **environment,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(find_binaries()), os.environ["PATH"]]),
            "DATABASE_URL": url,
            "BOOKING_MIGRATION_DATABASE_URL": owner_url,
            "BOOKING_AUTH_HS256_SECRET": SECRET,
            "BOOKING_AUDIT_SECRET": SECRET,
            "BASE_URL": base,
            "METRICS": f"http://127.0.0.1:{port}/metrics",
        }
        failed = [told for one in COMMANDS if (told := refusal(one, shell))]
    assert failed == []


def refusal(command: str, environment: dict[str, str]) -> str:
    """Return what a command says that does not end well."""
    done = subprocess.run(
        ["/bin/bash", "-euc", command], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    ends = done.returncode == 0 and "command not found" not in done.stderr
    return "" if ends else f"{command}{done.stdout}{done.stderr}"


def test_there_are_commands_on_each_page() -> None:
    assert [page.stem for page in PAGES if not BLOCK.search(page.read_text(encoding="utf-8"))] == []
    assert Path(files.path("docs/runbooks/README.md")).exists()
