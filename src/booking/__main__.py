"""The command line: booking serve | migrate | dev | token | screen | agent | applicant | events | … | check."""

import argparse
import asyncio
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from booking import logs, loop  # noqa: F401 - logs before whoever imports structlog
from booking.cli import arguments as types
from booking.cli import environment, upkeep
from booking.config import ConfigurationError, Settings, queue_url
from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.domain.refusals import Refusal
from booking.explained import Explained

DATA_DIR = Path(".booking")

Arguments = argparse.Namespace
Command = Callable[[Arguments], int | Coroutine[Any, Any, int | None] | None]


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused or failed, 2 called wrongly."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.reads_env_file:
            environment.use_file(arguments.env_file, DATA_DIR / "env")
        if arguments.command is not _serve:  # which tells its log
            for fault in environment.unknown_settings(os.environ):
                print(f"booking: {fault}", file=sys.stderr)
        done = arguments.command(arguments)
        if asyncio.iscoroutine(done):
            done = loop.run(done)
    except (Explained, Refusal) as error:
        print(f"booking: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        said = error.strerror or str(error) or "no answer in time"  # a TimeoutError says nothing
        print(f"booking: {f'{error.filename}: ' if error.filename else ''}{said}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return done or 0


def _serve(_: Arguments) -> int:
    gc.disable()  # until there is something to collect: a tenth of the start was spent on looking at what is imported
    settings = Settings.read()
    with ExitStack() as stack:
        if settings.workers > 1 and settings.metrics_port is not None:
            shared = stack.enter_context(tempfile.TemporaryDirectory(prefix="booking-metrics-"))
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared  # which the library reads when it is imported
        from booking.cli.serve import serve

        return serve(settings)


async def _dev(arguments: Arguments) -> int:
    from booking.cli.dev import Options, dev

    return await dev(
        Options(
            host=arguments.host,
            port=arguments.port,
            data_dir=arguments.data_dir,
            ephemeral=arguments.ephemeral,
            env_file=arguments.env_file,
            log_level=arguments.log_level,
        )
    )


async def _migrate(arguments: Arguments) -> int:
    from booking.cli.operator import migrate_database, migration_status

    if arguments.status:
        return await migration_status()
    await migrate_database()
    return 0


async def _check(_: Arguments) -> int:
    from booking.cli.operator import check

    return await check()


async def _agent_add(arguments: Arguments) -> None:
    from booking.cli.operator import add_agent

    await add_agent(arguments.subject, arguments.organization, arguments.role)


async def _agent_list(arguments: Arguments) -> None:
    from booking.cli.operator import list_agents

    await list_agents(arguments.organization)


async def _applicant_find(arguments: Arguments) -> int:
    from booking.cli.operator import find_applicants

    return await find_applicants(arguments.email, arguments.organization)


async def _agent_remove(arguments: Arguments) -> int:
    from booking.cli.operator import remove_agent

    return await remove_agent(arguments.subject)


async def _applicant_unlink(arguments: Arguments) -> None:
    from booking.cli.operator import unlink_applicant

    await unlink_applicant(arguments.organization, arguments.applicant)


async def _applicant_erase(arguments: Arguments) -> None:
    from booking.cli.operator import erase_applicant

    await erase_applicant(arguments.organization, arguments.applicant, queue_url())


def _token(arguments: Arguments) -> None:
    from booking.cli.operator import token
    from booking.domain.caller import Agency

    agency = None
    if arguments.role is not None:
        agency = Agency(organization_id=_organization(arguments), role=arguments.role)
    token(
        subject=arguments.subject,
        email=arguments.email,
        agency=agency,
        email_verified=not arguments.unverified,
        lifetime=arguments.hours,
    )


async def _screen(arguments: Arguments) -> None:
    from booking.cli.operator import screen

    if arguments.queue_url is not None:
        os.environ["BOOKING_SQS_QUEUE_URL"] = arguments.queue_url
    url = queue_url()
    if url is None:
        raise Explained("BOOKING_SQS_QUEUE_URL is required, or --queue-url")
    await screen(
        url,
        applicant_id=arguments.applicant or uuid5(_organization(arguments), arguments.email),
        organization_id=_organization(arguments),
        name=arguments.name,
        email=arguments.email,
        risk_level=arguments.risk,
        screened_at=arguments.screened_at,
    )


def _organization(arguments: Arguments) -> UUID:
    given = arguments.organization or os.environ.get("ORGANIZATION_ID")
    if not given:
        raise Explained("--organization is required")
    try:
        return UUID(str(given))
    except ValueError:
        raise ConfigurationError(["ORGANIZATION_ID must be a UUID"]) from None


def _parser() -> argparse.ArgumentParser:
    parser = types.Parser(prog="booking", description="A booking service for property visits.")
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(parent: Any, name: str, command: Command, text: str, *, reads_env_file: bool = True) -> Any:
        added = parent.add_parser(name, help=text, description=text)
        added.set_defaults(command=command, reads_env_file=reads_env_file, env_file=None)
        if reads_env_file:
            described = (
                "the instance to talk to, as `booking dev` writes it: it goes before the environment's own variables"
            )
            described += " (default: .booking/env, unless DATABASE_URL or BOOKING_SQS_QUEUE_URL is set)"
            added.add_argument("--env-file", type=Path, metavar="FILE", help=described)
        return added

    add(commands, "serve", _serve, "Run the service, configured by the environment alone.", reads_env_file=False)
    migrate = add(commands, "migrate", _migrate, "Apply the migrations that the database lacks.")
    described = "apply nothing, and say what is applied and what is missing; exit 1 if anything is"
    migrate.add_argument("--status", action="store_true", help=described)

    dev = add(commands, "dev", _dev, "Run everything embedded, with a demo, for development.", reads_env_file=False)
    dev.add_argument("--host", type=types.text, default="127.0.0.1", help="address to listen on (default: %(default)s)")
    dev.add_argument(
        "--port", type=types.port, default=8000, help="port to listen on, 0 for any free one (default: %(default)s)"
    )
    dev.add_argument("--data-dir", type=Path, default=DATA_DIR, help="where all is kept (default: %(default)s)")
    dev.add_argument("--ephemeral", action="store_true", help="keep nothing, and leave other instances alone")
    dev.add_argument("--env-file", type=Path, help="once ready, write what a test suite needs to this file")
    dev.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="warning")

    token = add(commands, "token", _token, "Print a bearer token for development.")
    token.add_argument("--subject", type=types.subject, help="default: made from the email, always the same")
    token.add_argument("--email", type=types.email, help="without one, --subject or --role is needed")
    token.add_argument("--unverified", action="store_true", help="do not vouch for the email")
    token.add_argument("--role", type=types.one_of(AgentRole), choices=list(AgentRole), help="make it an agent's")
    token.add_argument("--organization", type=UUID, help="the agent's (default: the demo's)")
    token.add_argument("--hours", type=types.lifetime, default="24", help="how long it lasts (default: %(default)s)")

    screen = add(commands, "screen", _screen, "Send an APPLICANT_SCREENED event to the queue.")
    screen.add_argument("--name", type=types.text, required=True)
    screen.add_argument("--email", type=types.email, required=True)
    screen.add_argument(
        "--risk", type=types.one_of(RiskLevel), choices=list(RiskLevel), default=RiskLevel.LOW, help="default: LOW"
    )
    screen.add_argument("--applicant", type=UUID, help="the sender's id of the person (default: made from the email)")
    screen.add_argument("--organization", type=UUID, help="default: the demo's")
    screen.add_argument("--screened-at", type=types.instant, help="RFC 3339 with an offset (default: when it is sent)")
    screen.add_argument("--queue-url", type=types.text, help="default: BOOKING_SQS_QUEUE_URL")

    agent = commands.add_parser("agent", help="Provision agents whose tokens cannot say that they are; list agents.")
    agents = agent.add_subparsers(required=True, metavar="COMMAND")
    agent_add = add(agents, "add", _agent_add, "Make a subject an agent, in place of what it was made before.")
    agent_add.add_argument("--subject", type=types.subject, required=True, help="the token's `sub`")
    agent_add.add_argument("--organization", type=UUID, required=True)
    agent_add.add_argument("--role", type=types.one_of(AgentRole), choices=list(AgentRole), required=True)
    agent_remove = add(agents, "remove", _agent_remove, "Undo that. Whom signed claims make an agent stays one.")
    agent_remove.add_argument("--subject", type=types.subject, required=True, help="the token's `sub`")

    agent_list = add(agents, "list", _agent_list, "List those who have a role, by an operator's word or by claims.")
    agent_list.add_argument("--organization", type=UUID, help="default: all")

    applicant = commands.add_parser(
        "applicant", help="Find an applicant; mend what was linked wrongly; erase a person."
    )
    applicants = applicant.add_subparsers(required=True, metavar="COMMAND")
    find = add(applicants, "find", _applicant_find, "Find our id of an applicant, in every organization.")
    find.add_argument("--email", type=types.email, required=True)
    find.add_argument("--organization", type=UUID, help="default: all")
    unlink = add(applicants, "unlink", _applicant_unlink, "Take the login from an applicant, for good.")
    unlink.add_argument("--organization", type=UUID, required=True)
    unlink.add_argument("--applicant", type=UUID, required=True, help="our id of the applicant, as in GET /me")

    erase = add(applicants, "erase", _applicant_erase, "Erase a person: name, email, login and all they wrote.")
    erase.add_argument("--organization", type=UUID, required=True)
    erase.add_argument("--applicant", type=UUID, required=True, help="our id of the applicant")

    upkeep.add_to(commands, add)
    add(commands, "check", _check, "Count every row that breaks an invariant; exit 1 if any does. Repairs nothing.")
    return parser


class _Version(argparse.Action):
    """Says which release this is; the package's data is read for that alone."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="say which release this is")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"booking {version('booking')}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
