"""A real Prometheus reads an instance under load: each query of the dashboards and of the rules finds something."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3  # type: ignore[import-untyped]
import httpx
import pytest
import yaml

from booking import files
from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from booking.entrypoints.dev.sqs import EmbeddedSqs
from tests.commands.processes import until
from tests.commands.test_serve import SECRET, ready, serving
from tests.support.worlds import serving_url
from tools.observe import configured, prometheus_flags

ABSENT = "no Prometheus: install Debian's `prometheus`"
DASHBOARDS = sorted(files.path("deploy/grafana/dashboards").glob("*.json"))
QUERIES = [
    (f"{file.stem}: {panel['title']}", target["expr"])
    for file in DASHBOARDS
    for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]
    for target in panel["targets"]
]
RULES = [
    rule
    for name in ("promises", "causes")
    for group in yaml.safe_load(files.path(f"deploy/prometheus/rules/{name}.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
NOT_HERE = {"booking_replication_lag_seconds", "booking_notices_total", "booking_oldest_notice_seconds"}
"""Told by what this instance has not: a standby, a provider."""


@pytest.fixture(scope="module")
def sqs() -> Iterator[EmbeddedSqs]:
    with EmbeddedSqs.start(queue=f"prometheus-{uuid4()}") as running:
        yield running


def test_panels_have_titles_of_their_own_and_a_place() -> None:
    for file in DASHBOARDS:
        panels = json.loads(file.read_text(encoding="utf-8"))["panels"]
        assert len({panel["title"] for panel in panels}) == len(panels)
        assert [one["title"] for one in panels if one["gridPos"]["x"] + one["gridPos"]["w"] > 24] == []


async def test_every_query_of_dashboards_and_rules_finds_something(
    owner_url: str, sqs: EmbeddedSqs, tmp_path: Path
) -> None:
    if (program := shutil.which("prometheus")) is None:
        pytest.skip(ABSENT)
    metrics, own = free(), free()
    environment = {
        "BOOKING_METRICS_PORT": str(metrics),
        "BOOKING_SQS_QUEUE_URL": sqs.queue_url,
        "AWS_ENDPOINT_URL_SQS": sqs.endpoint_url,
        "AWS_DEFAULT_REGION": sqs.region,
        "AWS_ACCESS_KEY_ID": sqs.access_key_id,
        "AWS_SECRET_ACCESS_KEY": sqs.secret_access_key,
    }
    with serving(await serving_url(owner_url), subprocess.DEVNULL, **environment) as (process, base):
        until(lambda: ready(base) == 200, process)
        with prometheus(program, tmp_path, own, f"127.0.0.1:{metrics}"):
            office = Office(base, sqs)
            until(office.works)
            empty = set(QUERIES)
            until(lambda: not _unanswered(own, empty, office), process)
            rules = rules_of(own)
    assert [rule["name"] for rule in rules if rule["health"] == "err"] == []
    assert len(rules) == len(RULES)


def _unanswered(port: int, empty: set[tuple[str, str]], office: "Office") -> set[tuple[str, str]]:
    """Ask what has found nothing yet, and return what has still not, but for what this instance has not."""
    office.works()
    for name, query in list(empty):
        found = httpx.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}).json()
        assert found["status"] == "success", (name, found)
        if found["data"]["result"] or any(one in query for one in NOT_HERE):
            empty.remove((name, query))
    return empty


def rules_of(port: int) -> list[Any]:
    groups = httpx.get(f"http://127.0.0.1:{port}/api/v1/rules").json()["data"]["groups"]
    return [rule for group in groups for rule in group["rules"]]


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


@contextmanager
def prometheus(program: str, folder: Path, port: int, target: str) -> Iterator[None]:
    """Prometheus with the rules as they are, but asking each second."""
    config = configured(folder, target, "1s")
    flags = prometheus_flags(config, folder / "data", port)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([program, *flags], stdout=log, stderr=log, env={"PATH": os.environ["PATH"]})
        try:
            until(lambda: _ready(port))
            yield
        finally:
            process.terminate()
            process.wait()


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/-/ready").status_code == 200
    except httpx.TransportError:
        return False


class Office:
    """An agency that offers, and an applicant who books what there is and what is taken."""

    def __init__(self, base: str, sqs: EmbeddedSqs) -> None:
        self.base, self.organization, self.email = base, uuid4(), f"{uuid4()}@example.com"
        agency = Agency(organization_id=self.organization, role=AgentRole.ADMIN)
        self.agent, self.applicant = token_of("amy", "amy@example.com", agency), token_of("ada", self.email, None)
        client = boto3.client(
            "sqs",
            endpoint_url=sqs.endpoint_url,
            region_name=sqs.region,
            aws_access_key_id=sqs.access_key_id,
            aws_secret_access_key=sqs.secret_access_key,
        )
        for risk_level in ("LOW", "odd"):
            event = {
                "event_type": "APPLICANT_SCREENED",
                "applicant_id": str(uuid4()),
                "organization_id": str(self.organization),
                "name": "Ada",
                "email": self.email,
                "risk_level": risk_level,
            }
            client.send_message(QueueUrl=sqs.queue_url, MessageBody=json.dumps(event))
        self.start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)

    def works(self) -> bool:
        """Offer a place, and ask for it twice; true once it could be had."""
        self.start += timedelta(hours=1)
        times = {"start_time": self.start.isoformat(), "end_time": (self.start + timedelta(minutes=30)).isoformat()}
        slot = self._ask(self.agent, "POST", "/slots", {"property_id": str(uuid4()), **times}).json()["slot"]
        self._ask(self.agent, "GET", "/agents?limit=many")
        answers = [self._ask(self.applicant, "POST", "/bookings", {"slot_id": slot["id"]}) for _ in range(2)]
        self._ask(self.applicant, "GET", f"/properties/{slot['property_id']}/slots")
        return answers[0].status_code == 201

    def _ask(self, token: str, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.request(method, f"{self.base}/api/v1{path}", headers=headers, json=body, timeout=30)


def token_of(subject: str, email: str, agency: Agency | None) -> str:
    return mint(SECRET, subject=subject, email=email, email_verified=True, lifetime=timedelta(hours=1), agency=agency)
