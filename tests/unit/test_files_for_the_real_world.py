"""compose.yml, Dockerfile and the locks: what there is no engine for here, held to what the code knows."""

import asyncio
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import yaml

from booking import config
from booking.adapters.postgres.migrations import known, migrate
from booking.config import Settings, database_urls
from booking.entrypoints.dev import sqs
from booking.entrypoints.dev.postgres import EmbeddedPostgres

REPOSITORY = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yml").read_text())["services"]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()


def environment(service: str) -> dict[str, str]:
    """As the container sees it, where nothing is set outside."""
    given: dict[str, str] = SERVICES[service]["environment"]
    return {name: re.sub(r"\$\{\w+:-(.*)}", r"\1", value) for name, value in given.items()}


def test_the_composed_environment_is_one_that_the_service_starts_with() -> None:
    Settings.read(environment("booking"))
    database_urls(environment("migrate"))


def test_the_composed_environment_holds_no_name_that_nobody_reads() -> None:
    names = {name for service in ("booking", "migrate") for name in SERVICES[service]["environment"]}
    unread = {name for name in names if f'"{name}"' not in Path(config.__file__).read_text()}
    assert {name for name in unread if not name.startswith("AWS_")} == set()


def test_the_composed_queue_is_the_one_of_the_development_stack() -> None:
    emulator = (REPOSITORY / "deploy" / "elasticmq.conf").read_text()
    for setting in (
        f"\n    {sqs.QUEUE} {{",
        f"defaultVisibilityTimeout = {sqs.VISIBILITY} seconds",
        f'name = "{sqs.QUEUE}-dlq", maxReceiveCount = {sqs.MAX_RECEIVES} ',
        f"\n    {sqs.QUEUE}-dlq {{",
    ):
        assert setting in emulator
    assert urlsplit(environment("booking")["BOOKING_SQS_QUEUE_URL"]).path == f"/000000000000/{sqs.QUEUE}"


def test_the_composed_roles_are_enough_to_migrate_and_to_serve(tmp_path: Path) -> None:
    """Other tests migrate as a superuser, who would hide that a migration asks for more than its owner has."""
    given = database_urls(environment("migrate"))
    assert environment("booking")["DATABASE_URL"] == given[0]

    async def applied(server: EmbeddedPostgres) -> list[str]:
        serving, owning = (
            server.url(user=url.username or "", password=url.password or "", database=url.path.lstrip("/"))
            for url in map(urlsplit, given)
        )
        superuser = await asyncpg.connect(server.superuser_url())
        for statement in (REPOSITORY / "deploy" / "roles.sql").read_text().rstrip(";\n").split(";"):
            await superuser.execute(statement)
        await superuser.close()
        migrations = await migrate(owning, serving)
        service = await asyncpg.connect(serving)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute("DELETE FROM events")
        await service.close()
        return migrations

    with EmbeddedPostgres.start(tmp_path, durable=False) as server:
        assert asyncio.run(applied(server)) == [migration.name for migration in known()]


def test_everything_composed_that_keeps_running_has_a_health_check() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"migrate"}
    assert SERVICES["booking"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert any("/health/ready" in part for part in SERVICES["booking"]["healthcheck"]["test"])


def test_our_containers_write_nothing_outside_of_tmp_and_are_not_root() -> None:
    assert [SERVICES[name]["read_only"] for name in ("migrate", "booking")] == [True, True]
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\d+):(\d+)$", last_stage, re.MULTILINE)
    assert len(users) == 1
    assert 0 not in map(int, users[0])


def test_what_the_image_is_made_of_is_there_and_gets_past_the_ignore_file() -> None:
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    allowed = {line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert "src" in sources
    assert {source for source in sources if not (REPOSITORY / source).exists()} == set()
    assert {source for source in sources if not any(Path(source).match(pattern) for pattern in allowed)} == set()


@pytest.mark.parametrize("lock", sorted((REPOSITORY / "requirements").glob("*.lock")), ids=lambda lock: str(lock.name))
def test_a_lock_pins_every_package_by_hash_and_names_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    pins = re.findall(r"^[a-z0-9].*(?:\n[ ]+--hash=.*)*", text, re.MULTILINE)
    assert pins
    assert [pin.split()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
