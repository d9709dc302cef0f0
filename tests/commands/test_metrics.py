"""What Prometheus reads of `booking serve`."""

import platform
import re
import signal
import socket
from collections.abc import Container
from importlib.metadata import version
from uuid import uuid4

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from booking import files
from booking.config.variables import SECRETS
from booking.domain.notices.notice import NoticeKind, NoticeState
from booking.metrics import record
from tests.commands.processes import until
from tests.commands.test_serve import get, ready, serving
from tests.support.refusals import kinds
from tests.support.worlds import serving_url

CONTRACT = yaml.safe_load(files.path("openapi3.yaml").read_text(encoding="utf-8"))
PROGRAM = "".join(file.read_text(encoding="utf-8") for file in files.path("src/booking").rglob("*.py"))
BOUNDS: dict[str, Container[str]] = {
    "route": {*CONTRACT["paths"], "other"},
    "method": {*record.METHODS, "other"},
    "status": {str(one) for one in range(100, 600)},
    "code": {"", *(one.code for one in kinds())},
    "kind": {*re.findall(r'kind="(\w+)"', PROGRAM), *NoticeKind, "log", "webhook", "schedules", "calendars", "jobs"},
    "loop": {*re.findall(r'(?:Job|Once)\(\s*"([\w ]+)"', PROGRAM)},
    "state": {"at_work", "idle", "visible", "in_flight", "delayed", *NoticeState},
    "cache": {"callers", "pages", "tokens"},
    "outcome": {"hit", "miss"},
    "secret": SECRETS,
    "python": {platform.python_version()},
}
"""The values that labels may have, of those that this instance has."""


def told_at(port: int) -> dict[str, list[Sample]]:
    """Return the samples of each metric that is ours."""
    found = text_string_to_metric_families(get(f"http://127.0.0.1:{port}/metrics").text)
    return {one.name: list(one.samples) for one in found if one.name.startswith("booking_") and one.samples}


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_prometheus_reads_what_all_workers_did(owner_url: str, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url, asked = await serving_url(owner_url), 40
    with serving(url, BOOKING_WORKERS=workers, BOOKING_METRICS_PORT=str(port)) as (process, base):
        until(lambda: ready(base) == 200, process)
        for _ in range(asked):  # each over a connection of its own, so that all workers have some
            get(f"{base}/api/v1/slots/{uuid4()}")
        get(f"{base}/nothing/{uuid4()}")
        until(lambda: "booking_partitions_last_year" in told_at(port), process)
        told = told_at(port)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    refused = {"method": "GET", "route": "/api/v1/slots/{slot_id}", "status": "401", "code": "unauthenticated"}
    nowhere = {"method": "GET", "route": "other", "status": "404", "code": "not_found"}
    requests = [(one.labels, one.value) for one in told["booking_requests"] if one.name.endswith("_total")]
    assert (refused, asked) in requests
    assert (nowhere, 1) in requests
    assert {one.labels["kind"]: one.value for one in told["booking_subscriber_lag_events"]} == {"log": 0, "webhook": 0}
    assert [one.value for one in told["booking_database_up"]] == [1]
    assert [one.value for one in told["booking_pool_limit"]] == [10 * int(workers)]
    assert [one.labels["version"] for one in told["booking_build_info"]] == [version("booking")]
    assert [bool(re.fullmatch(r"\d+\.\d+", one.labels["version"])) for one in told["booking_database_info"]] == [True]
    unbounded = [
        (one.name, name, value)
        for metric in told.values()
        for one in metric
        for name, value in one.labels.items()
        if name not in {"le", "version"} and value not in BOUNDS[name]
    ]
    assert unbounded == []
    assert process.returncode == 0
