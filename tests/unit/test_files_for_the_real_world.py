"""compose.yml, Dockerfile and the locks: what there is no engine for here, held to what the code knows."""

import asyncio
import json
import re
import stat
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import yaml

from booking import config
from booking.adapters.postgres.migrations import known, migrate
from booking.cli.environment import EXPOSE
from booking.cli.parser import command_line
from booking.config import Settings, database_urls
from booking.entrypoints.dev import sqs
from booking.entrypoints.dev.postgres import EmbeddedPostgres

REPOSITORY = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yml").read_text())["services"]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()


COMPOSE = (REPOSITORY / "compose.yml").read_text()
REQUIRED = re.compile(r"\$\{(\w+):\?[^}]*}")


def environment(service: str) -> dict[str, str]:
    """As the container sees it, where what is required is set outside: each to its own name, at length."""
    given: dict[str, str | None] = SERVICES[service]["environment"]
    return {name: REQUIRED.sub(lambda found: found[1].lower() * 3, value) for name, value in given.items() if value}


def test_no_secret_of_the_composed_services_has_a_default_or_stands_in_a_file() -> None:
    assert re.findall(r"\$\{\w+(?!\w|:\?)", re.sub(r"^#.*\n", "", COMPOSE, flags=re.MULTILINE)) == []
    secret = re.compile(r"SECRET$|PASSWORD$|URL$")
    given = {
        f"{service}: {name}": REQUIRED.sub("", str(value))
        for service, described in SERVICES.items()
        for name, value in described.get("environment", {}).items()
        if value is not None  # what is passed on from outside, where it is set there
        if secret.search(name) and not name.startswith(("AWS_", "BOOKING_SQS"))
    }
    assert {value for name, value in given.items() if not name.endswith("URL")} == {""}
    assert {urlsplit(value).password for name, value in given.items() if name.endswith("URL")} == {""}
    roles = (REPOSITORY / "deploy" / "roles.sql").read_text()
    assert re.findall(r"PASSWORD (\S+);", roles) == [":'app_password'", ":'owner_password'"]


def test_the_lines_that_make_the_secrets_make_all_that_is_required_and_each_anew(tmp_path: Path) -> None:
    lines = [line.removeprefix("#   ") for line in COMPOSE.splitlines() if line.startswith("#   ")]
    made = []
    for run in range(2):
        folder = tmp_path / str(run)
        folder.mkdir()
        subprocess.run(["sh", "-euc", "\n".join(lines)], cwd=folder, check=True)
        file = folder / ".env"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        made.append(dict(line.split("=", 1) for line in file.read_text().splitlines()))
    assert made[0].keys() == {*REQUIRED.findall(COMPOSE), "BOOKING_SECRETS_KEY"}
    assert len({*made[0].values(), *made[1].values()}) == 2 * len(made[0])
    assert {len(value) for value in made[0].values()} == {64}
    ignored = (REPOSITORY / ".gitignore").read_text().splitlines()
    assert {".env", "*.env"} <= set(ignored)


def test_the_composed_environment_is_one_that_the_service_starts_with() -> None:
    Settings.read(environment("booking"))
    database_urls(environment("migrate"))


def test_settings_that_may_be_left_out_reach_the_composed_service_where_they_are_set() -> None:
    """In the file of the others, as docs/rotation.md has them; unset there, they are unset here."""
    passed_on = {name for name, value in SERVICES["booking"]["environment"].items() if value is None}
    assert passed_on == {
        "BOOKING_AUTH_HS256_SECRETS_BEFORE",
        "BOOKING_AUDIT_SECRETS_BEFORE",
        "BOOKING_SECRETS_KEY",
        "BOOKING_SECRETS_KEYS_BEFORE",
        "BOOKING_SMTP_URL",
        "BOOKING_MAIL_FROM",
    }


def test_the_composed_environment_holds_no_name_that_nobody_reads() -> None:
    names = {name for service in ("booking", "migrate") for name in SERVICES[service]["environment"]}
    text = "".join(path.read_text() for path in Path(config.__file__).parent.glob("*.py"))
    unread = {name for name in names if f'"{name}"' not in text}
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


def roles() -> str:
    """As psql makes it of the file and its environment."""
    text, given = (REPOSITORY / "deploy" / "roles.sql").read_text(), environment("postgres")
    for variable, name in re.findall(r"^\\getenv (\w+) (\w+)$", text, re.MULTILINE):
        text = text.replace(f":'{variable}'", f"'{given[name]}'")
    return re.sub(r"^\\.*\n", "", text, flags=re.MULTILINE)


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
        for statement in roles().rstrip(";\n").split(";"):
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


def test_the_image_for_suites_embeds_everything_and_is_never_the_default() -> None:
    """Its command is one that the parser knows, it says that it is meant to be reached, and its user has a name."""
    *_, dev, default = DOCKERFILE.split("\nFROM ")
    assert dev.startswith("python:3.11-slim AS dev\n")
    assert 'CMD ["serve"]' in default
    (words,) = re.findall(r"^ENTRYPOINT (.+)$", dev, re.MULTILINE)
    program, *rest = json.loads(words)
    asked = vars(command_line().parse_args(rest))
    assert (program, asked["function"], asked["host"], asked["port"]) == ("booking", "dev.dev", "0.0.0.0", 8000)
    assert f"{EXPOSE}=1" in dev
    assert EXPOSE not in default
    (user,) = re.findall(r"^RUN useradd --uid (\d+) ", dev, re.MULTILINE)
    assert f"USER {user}:{user}\n" in dev


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
