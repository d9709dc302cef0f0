"""The operators' commands, as they are typed."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from booking.adapters.postgres import invariants, migrations
from booking.adapters.postgres.engine.database import Database
from booking.adapters.tokens.verification import tokens_for
from booking.cli.parser import main
from booking.config import AuthSettings
from booking.domain.people.agent import AgentRole
from booking.domain.people.refusals import NotRegistered
from tests.builders import claims, organization
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import SERVING_PASSWORD, as_owner, serving_url

SECRET = "s" * 32

Run = Callable[..., Awaitable[int]]


@pytest.fixture
async def run(owner_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line as a process of its own would, with its own event loop."""
    monkeypatch.setenv("DATABASE_URL", await serving_url(owner_url))
    monkeypatch.setenv("BOOKING_MIGRATION_DATABASE_URL", owner_url)
    monkeypatch.setenv("BOOKING_AUTH_HS256_SECRET", SECRET)
    monkeypatch.setenv("BOOKING_AUDIT_SECRET", SECRET)
    monkeypatch.delenv("BOOKING_AUTH_ISSUER", raising=False)
    return lambda *words: asyncio.to_thread(main, [str(word) for word in words])


async def test_migrate_says_what_it_applied_and_check_finds_all_well(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("migrate") == 0
    assert "up to date" in capsys.readouterr().out
    assert await run("check") == 0
    assert "every invariant holds" in capsys.readouterr().out


async def test_check_tells_of_what_is_broken_and_repairs_nothing(
    run: Run, owner_url: str, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    agency = organization(postgres_store(database))
    await agency.book(await agency.applicant(), (await agency.slot(await agency.agent())).id, "")
    await as_owner(owner_url, "UPDATE slots SET status = 'available'")
    for _ in range(2):
        assert await run("check") == 1
        told = capsys.readouterr().out
        assert "       1  slot shown as available, yet its places are all booked" in told
        assert told.endswith("1 violation\n")


async def test_check_names_events_that_only_a_newer_release_knows_and_finds_nothing_wrong_with_them(
    run: Run, owner_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await as_owner(
        owner_url,
        """INSERT INTO events (organization_id, id, type, actor_role, to_state)
           VALUES (gen_random_uuid(), gen_random_uuid(), 'slot.teleported', 'admin', 'there')""",
    )
    assert await run("check") == 0
    told = capsys.readouterr().out
    assert told.endswith(
        "       1  event of a type that a newer release knows: 'slot.teleported'\nevery invariant holds\n"
    )


async def test_check_takes_the_time_that_many_rows_take(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("booking.adapters.postgres.engine.database.ANSWER", 0.1)
    monkeypatch.setattr(invariants, "INVARIANTS", {"row": "SELECT count(*) FROM pg_sleep(0.5)"})
    assert await run("check") == 1
    assert "       1  row\n" in capsys.readouterr().out


async def test_an_agent_is_added_and_removed(run: Run, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    agency = organization(postgres_store(database))
    add = ("agent", "add", "--subject", "sub", "--organization", agency.organization_id, "--role", "admin")
    assert await run(*add) == 0
    caller = await agency.identity.identify(claims("sub"), None)
    assert caller.as_agent().role is AgentRole.ADMIN
    assert str(caller.as_agent().id) in capsys.readouterr().out
    assert [await run("agent", "remove", "--subject", "sub") for _ in range(2)] == [0, 1]
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("sub"), None)


async def test_agents_are_listed_with_their_login_and_what_made_them(
    run: Run, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    agency = organization(postgres_store(database))
    assert await run("agent", "list") == 0
    assert capsys.readouterr().out == "0 agents\n"
    added = await agency.store.agents.provision("sub", agency.organization_id, AgentRole.ADMIN)
    assert await run("agent", "list") == 0
    whole = f"agent {added.id}  organization {agency.organization_id}  admin   by an operator  subject 'sub'\n1 agent\n"
    assert capsys.readouterr().out == whole
    assert await run("agent", "list", "--organization", agency.organization_id) == 0
    assert capsys.readouterr().out == f"agent {added.id}  admin   by an operator  subject 'sub'\n1 agent\n"
    assert await run("agent", "list", "--organization", uuid4()) == 0
    assert capsys.readouterr().out == "0 agents\n"


async def test_an_applicant_is_found_by_their_email(
    run: Run, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    agency = organization(postgres_store(database))
    applicant = (await agency.applicant("ana@example.com")).applicants[0]
    assert await run("applicant", "find", "--email", "ANA@example.com") == 0
    line = f"applicant {applicant.id}  organization {agency.organization_id}  eligible    login '{applicant.user_id}'\n"
    assert capsys.readouterr().out == line
    assert await run("applicant", "find", "--email", "ana@example.com", "--organization", uuid4()) == 1
    assert capsys.readouterr().out == "nobody has this email\n"


async def test_the_status_of_migrations_says_what_is_missing_and_applies_nothing(
    run: Run, owner_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [migration.name for migration in migrations.known()]
    assert await run("migrate", "--status") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines if line[0] != " "] == names
    assert all("  applied at 20" in line or line.endswith("  done") for line in lines)
    await as_owner(
        owner_url, "INSERT INTO schema_migrations (version, name, digest) VALUES (9000, '9000_later.sql', 'd')"
    )
    assert await run("migrate", "--status") == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(", by a newer release")
    await as_owner(owner_url, "UPDATE schema_migrations SET digest = 'd' WHERE version = 1")
    assert await run("migrate", "--status") == 1
    assert f"{names[0]}  edited after it had been applied" in capsys.readouterr().out
    await as_owner(owner_url, f"DELETE FROM schema_migrations WHERE version IN (1, {len(names)})")
    for _ in range(2):
        assert await run("migrate", "--status") == 1
        assert f"{names[-1]}  missing: run `booking migrate`" in capsys.readouterr().out
    await as_owner(owner_url, "DROP TABLE schema_migrations")
    assert await run("migrate", "--status") == 1
    assert capsys.readouterr().out.count("missing") == len(names)


async def test_an_applicant_is_unlinked(run: Run, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    agency = organization(postgres_store(database))
    applicant = (await agency.applicant()).applicants[0]
    unlink = ("applicant", "unlink", "--organization", agency.organization_id, "--applicant", applicant.id)
    assert await run(*unlink) == 0
    assert await run(*unlink) == 1
    assert "booking: there is no such applicant with a login" in capsys.readouterr().err


async def test_an_applicant_is_erased_as_often_as_it_takes(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BOOKING_SQS_QUEUE_URL", raising=False)
    agency = organization(postgres_store(database))
    applicant = (await agency.applicant()).applicants[0]
    erase = ("applicant", "erase", "--organization", agency.organization_id, "--applicant", applicant.id)
    assert [await run(*erase) for _ in range(2)] == [0, 0]
    assert capsys.readouterr().out.count(f"applicant {applicant.id} is erased; their visits are kept") == 2
    assert await run(*erase[:-1], uuid4()) == 1
    assert "booking: there is no such applicant in that organization" in capsys.readouterr().err


async def test_an_agent_is_listed_by_name_until_they_are_erased(
    run: Run, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    agency = organization(postgres_store(database))
    said = claims("mira", organization_id=agency.organization_id, role=AgentRole.MEMBER, name="Mira")
    agent = (await agency.identity.identify(said, None)).as_agent()
    listing = ("agent", "list", "--organization", agency.organization_id)
    erase = ("agent", "erase", "--organization", agency.organization_id, "--agent", agent.id)
    assert await run(*listing) == 0
    assert f"agent {agent.id}  member  by claims       subject 'mira'  name 'Mira'" in capsys.readouterr().out
    assert [await run(*erase) for _ in range(2)] == [0, 0]
    assert capsys.readouterr().out.count(f"agent {agent.id} is erased and shut out") == 2
    assert await run(*listing) == 0
    assert capsys.readouterr().out == "0 agents\n"
    assert await run(*erase[:-1], uuid4()) == 1
    assert "booking: there is no such agent in that organization" in capsys.readouterr().err


async def test_a_token_is_one_that_the_service_takes(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    organization_id = uuid4()
    who = ("--email", "ana@example.com", "--name", "Ana Agent")
    words = ("token", *who, "--role", "member", "--organization", organization_id)
    assert await run(*words) == 0
    found = await tokens_for(AuthSettings(hs256_secret=SECRET)).verify(capsys.readouterr().out.strip())
    assert (found.vouched_email, found.name) == ("ana@example.com", "Ana Agent")
    assert found.agency is not None
    assert (found.agency.organization_id, found.agency.role) == (organization_id, AgentRole.MEMBER)
    assert await run("token", "--email", "ana@example.com", "--unverified") == 0
    unvouched = await tokens_for(AuthSettings(hs256_secret=SECRET)).verify(capsys.readouterr().out.strip())
    assert (unvouched.subject, unvouched.vouched_email) == (found.subject, None)


async def test_no_token_is_made_where_a_real_issuer_makes_them(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOOKING_AUTH_ISSUER", "https://issuer.example.com")
    assert await run("token", "--email", "ana@example.com") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "an issuer is configured" in captured.err


async def test_what_is_missing_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ORGANIZATION_ID", raising=False)
    monkeypatch.delenv("BOOKING_SQS_QUEUE_URL", raising=False)
    assert await run("token", "--role", "admin") == 1
    assert "--organization is required" in capsys.readouterr().err
    assert await run("screen", "--name", "Ana", "--email", "ana@example.com") == 1
    assert "BOOKING_SQS_QUEUE_URL is required" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    assert await run("check") == 1
    assert "DATABASE_URL must be a postgresql:// URL" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert await run("check") == 1


COMMANDS = [
    ("check",),
    ("migrate",),
    ("audit", "verify"),
    ("audit", "retire"),
    ("events", "dead", "list"),
    ("agent", "remove", "--subject", "sub"),
    ("applicant", "erase", "--organization", UUID(int=1), "--applicant", UUID(int=2)),
    ("agent", "erase", "--organization", UUID(int=1), "--agent", UUID(int=2)),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(map(str, words[:2])))
async def test_a_command_that_cannot_reach_its_database_tells_the_cause_in_one_line(
    run: Run,
    owner_url: str,
    words: tuple[object, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parts = urlsplit(await serving_url(owner_url))
    place = f"{parts.hostname}:{parts.port}"
    for netloc, database, cause in (
        (f"booking_test_serving:wr0ng@{place}", parts.path[1:], f"at {place} cannot be used: wrong password"),
        (parts.netloc, "nowhere", f"the database 'nowhere' at {place} cannot be used: no such database"),
        ("nobody:s3cret@127.0.0.1:1", "nothing", "the database 'nothing' at 127.0.0.1:1 cannot be used: connection"),
        (parts.netloc, f"{parts.path[1:]}?connect_timeout=abc", "connect_timeout"),
    ):
        for name in ("DATABASE_URL", "BOOKING_MIGRATION_DATABASE_URL"):
            monkeypatch.setenv(name, f"postgresql://{netloc}/{database}")
        assert await run(*words) == 1
        told = capsys.readouterr()
        (line,) = told.err.splitlines()
        assert line.startswith("booking: ")
        assert all(said.startswith("on database ") for said in told.out.splitlines())
        assert cause in line
        assert not any(secret in line for secret in ("wr0ng", "s3cret", SERVING_PASSWORD))


@pytest.mark.parametrize("words", [words for words in COMMANDS if words != ("migrate",)], ids=str)
async def test_a_command_on_a_database_that_is_not_migrated_says_so(
    run: Run,
    postgres: Server,
    words: tuple[object, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with postgres.fresh("template0") as empty:
        monkeypatch.setenv("DATABASE_URL", await serving_url(empty))
        monkeypatch.setenv("BOOKING_MIGRATION_DATABASE_URL", empty)
        assert await run(*words) == 1
    assert capsys.readouterr().err == "booking: the database is not migrated: run `booking migrate`\n"


async def test_what_has_no_words_of_its_own_is_told_in_some(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def late() -> int:
        raise TimeoutError

    monkeypatch.setattr("booking.cli.upkeep.check", late)
    assert await run("check") == 1
    assert capsys.readouterr().err == "booking: no answer in time\n"


async def test_migrating_as_the_serving_role_says_whose_work_it_is_in_one_line(
    run: Run, postgres: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with postgres.fresh("template0") as empty:
        for name in ("DATABASE_URL", "BOOKING_MIGRATION_DATABASE_URL"):
            monkeypatch.setenv(name, await serving_url(empty))
        assert await run("migrate") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "booking: the role in BOOKING_MIGRATION_DATABASE_URL, or else in DATABASE_URL, may not change"
    )
    assert line.endswith("(SQLSTATE 42501): name its owner")


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        *([name, "--help"] for name in ("serve", "migrate", "dev", "token", "screen", "check")),
        ["agent", "add", "--help"],
        ["agent", "remove", "--help"],
        ["applicant", "unlink", "--help"],
    ],
)
def test_help_says_how_each_command_is_called(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    assert "usage: booking" in capsys.readouterr().out
