"""Prometheus, Alertmanager and Grafana of this machine over an instance: `make observe METRICS=127.0.0.1:9000`.

What is not installed is said, and the rest runs until it is interrupted. All of it listens on the loopback, and keeps
what it has in a temporary folder.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from booking import files

DEPLOY = files.path("deploy")
PROMETHEUS, ALERTMANAGER = 9090, 9093


def main(target: str) -> int:
    """Run what there is; 1 where not even Prometheus is."""
    prometheus = shutil.which("prometheus")
    alertmanager = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if prometheus is None:
        print("Prometheus is not installed: apt install prometheus, or docker compose --profile observe up")
        return 1
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="booking-observe-")))
        config = configured(folder, target)
        asked = stack.enter_context(running(prometheus, *prometheus_flags(config, folder / "data", PROMETHEUS)))
        print(f"Prometheus   http://127.0.0.1:{PROMETHEUS}/alerts, of the instance at {target}")
        if alertmanager is None:
            print("Alertmanager is not installed: nobody is told (apt install prometheus-alertmanager)")
        else:
            stack.enter_context(running(alertmanager, *alertmanager_flags(folder)))
            print(f"Alertmanager http://127.0.0.1:{ALERTMANAGER}")
        print("Grafana      import deploy/grafana/dashboards into yours, or: docker compose --profile observe up")
        with suppress(KeyboardInterrupt):
            return asked.wait()
    return 0


@contextmanager
def running(*command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A program, until the end of the block."""
    process = subprocess.Popen(command)  # noqa: S603 - found on the PATH
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def configured(folder: Path, target: str, every: str = "5s") -> Path:
    """Write the configuration for one instance, with the rules as they are; return its file."""
    rules = DEPLOY / "prometheus" / "rules"
    config = folder / "prometheus.yml"
    config.write_text(
        f"""global: {{scrape_interval: {every}, evaluation_interval: {every}}}
rule_files: ["{rules}/*.yml"]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{ALERTMANAGER}"]}}]}}]}}
scrape_configs: [{{job_name: booking, static_configs: [{{targets: ["{target}"]}}]}}]
""",
        encoding="utf-8",
    )
    return config


def prometheus_flags(config: Path, data: Path, port: int) -> Sequence[str]:
    return (
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    )


def alertmanager_flags(folder: Path) -> Sequence[str]:
    return (
        f"--config.file={DEPLOY / 'alertmanager' / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alerts'}",
        f"--web.listen-address=127.0.0.1:{ALERTMANAGER}",
        "--cluster.listen-address=",
        "--log.level=warn",
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
