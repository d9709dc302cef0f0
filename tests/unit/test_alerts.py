"""Alerts: each by metrics that there are, with a runbook, fired once and silent once."""

import re
import shutil
import subprocess
from collections import Counter
from typing import Any

import pytest
import yaml

from booking import files
from booking.metrics import catalogue
from booking.metrics.instruments import CATALOGUE

FOLDER = files.path("deploy/prometheus")
RUNBOOKS = files.path("docs/runbooks")
MEASURED = re.compile(r"\bbooking_[a-z_]+\b")
SUFFIX = re.compile(r"_(bucket|count|sum)$")
ABSENT = "no promtool: install Debian's `prometheus`"


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


RULES = [
    rule for name in ("promises", "causes") for group in read(f"rules/{name}.yml")["groups"] for rule in group["rules"]
]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}


def test_rules_and_runbooks_name_metrics_that_there_are() -> None:
    assert catalogue.build.raw is not None
    texts = [rule["expr"] for rule in RULES] + [file.read_text(encoding="utf-8") for file in RUNBOOKS.glob("*.md")]
    named = {SUFFIX.sub("", name) for text in texts for name in MEASURED.findall(text)}
    begun = {name for name in named if not any(known.startswith(name) for known in CATALOGUE)}
    assert begun == set()
    of_rules = {SUFFIX.sub("", name) for rule in RULES for name in MEASURED.findall(rule["expr"])}
    assert of_rules - CATALOGUE.keys() == set()


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    pages = {file.stem for file in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages == ALERTS.keys()
    assert {rule["annotations"]["runbook"] for rule in ALERTS.values()} == {f"docs/runbooks/{one}.md" for one in pages}
    assert {rule["labels"]["severity"] for rule in ALERTS.values()} == {"page", "ticket"}
    told = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
    assert [one for one in pages if f"[{one}]({one}.md)" not in told] == []


def test_each_alert_is_fired_once_and_silent_once() -> None:
    tried = Counter(
        (one["alertname"], bool(one["exp_alerts"]))
        for name in ("alerts", "slow_burns")
        for test in read(f"tests/{name}.yml")["tests"]
        for one in test["alert_rule_test"]
    )
    assert tried == Counter((name, fires) for name in ALERTS for fires in (True, False))


def test_prometheus_fires_them_and_keeps_them_silent() -> None:
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip(ABSENT)
    for command in (
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "tests/alerts.yml", "tests/slow_burns.yml"],
    ):
        done = subprocess.run([promtool, *command], cwd=FOLDER, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
