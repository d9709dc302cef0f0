"""Start and stop an instance."""

import json
import os
import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from estate_os_booking.testing.instance import Instance


@contextmanager
def start_instance(
    *,
    command: Sequence[str] | None = None,
    seed: str | Path | None = None,
    demo: bool = False,
    jwt_secret: str | None = None,
    jwks_url: str | None = None,
    log_file: str | Path | None = None,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> Iterator[Instance]:
    """Run an instance that keeps nothing, on any free port, for as long as the context lasts.

    `command`: what runs the service; `booking` unless said here or in BOOKING_COMMAND. `args`: more options of
    `booking dev`.
    """
    named = {"--seed": seed, "--jwt-secret": jwt_secret, "--jwks-url": jwks_url, "--log-file": log_file}
    given = [text for name, value in named.items() if value is not None for text in (name, str(value))]
    contents = [] if demo or seed is not None else ["--no-demo"]
    program = list(command or shlex.split(os.environ.get("BOOKING_COMMAND", "booking")))
    with tempfile.TemporaryDirectory(prefix="booking-instance-") as folder, tempfile.TemporaryFile() as said:
        file = Path(folder) / "env.json"
        fixed = ["dev", "--ephemeral", "--port", "0", "--env-file", str(file), "--format", "json"]
        process = subprocess.Popen(  # noqa: S603
            [*program, *fixed, *contents, *given, *args],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            until = time.monotonic() + timeout
            while not file.exists():
                if (code := process.poll()) is not None:
                    said.seek(0)
                    raise RuntimeError(
                        f"the instance did not start: it ended with {code}:\n{said.read().decode()[-4000:]}"
                    )
                if time.monotonic() > until:
                    raise TimeoutError(f"the instance was not up within {timeout:.0f} s")
                time.sleep(0.025)
            with connect_instance(file) as instance:
                yield instance
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def connect_instance(file: str | Path) -> Instance:
    """Return the instance that an env file describes, in either format, such as one that CI has started before."""
    return Instance(environment_of(Path(file).read_text("utf-8")))


def environment_of(text: str) -> dict[str, str]:
    if text.lstrip().startswith("{"):
        told: dict[str, str] = json.loads(text)
        return told
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
