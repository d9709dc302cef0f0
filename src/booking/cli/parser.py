"""Parser: all commands, their arguments, and the function that does each.

Why functions by name: their modules take most of a second to import, and `booking --help` needs none of them.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from booking import loop
from booking.cli import environment
from booking.cli.arguments import email, instant, lifetime, one_of, port, seal, subject, text, url
from booking.cli.command_parser import Parser, Version, add_choice, command, group
from booking.domain.events import EventType
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.refusals import Refusal
from booking.faults import Explained

DATA_DIR = Path(".booking")

SERVE = "serve.serve"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit code: 0 done, 1 refused or failed, 2 called wrongly."""
    arguments = vars(command_line().parse_args(argv))
    function, reads_env_file = arguments.pop("function"), arguments.pop("reads_env_file")
    try:
        if reads_env_file:
            environment.use_file(arguments.pop("instance"), DATA_DIR / "env")
        if function != SERVE:  # which tells its log
            for fault in environment.unknown_settings(os.environ):
                print(f"booking: {fault}", file=sys.stderr)
        done = named(function)(**arguments)
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


def named(function: str) -> Callable[..., Any]:
    """Import the function of a command, such as `operator.add_agent`."""
    module, _, name = function.partition(".")
    return cast("Callable[..., Any]", getattr(import_module(f"booking.cli.{module}"), name))


def command_line() -> Parser:
    """Make the parser of all commands."""
    parser = Parser(prog="booking", description="A booking service for property visits.")
    parser.add_argument("--version", action=Version)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    described = "Run the service, configured by the environment alone."
    serve = command(commands, "serve", SERVE, described, reads_env_file=False)
    described = (
        "a part of it alone: http (answers, streams), consumer (the queue), relay (order, seals, subscribers), jobs"
        " (all else); each part has its health and its metrics, and together they are the service"
    )
    serve.add_argument("--only", choices=("http", "consumer", "relay", "jobs"), help=described)
    migrate = command(commands, "migrate", "upkeep.migrate", "Apply the migrations that the database lacks.")
    described = "apply nothing, and say what is applied and what is missing; exit 1 if anything is"
    migrate.add_argument("--status", action="store_true", help=described)

    _add_dev(commands)
    _add_token(commands)
    _add_hearing(commands)
    _add_screen(commands)
    _add_agents(commands)
    _add_applicants(commands)
    _add_dead(commands)

    described = "Send one message by the configured server of e-mail, and say what came of it."
    trial = command(commands, "mail-test", "mail.mail_test", described, reads_env_file=False)
    trial.add_argument("--to", type=email, required=True, help="an address whose mailbox you can look into")

    audit = group(commands, "audit", "The record of what happened.")
    verify = command(
        audit, "verify", "audit.verify", "Check every sealed event; exit 1 if any is not as it was sealed."
    )
    verify.add_argument("--head", type=seal, metavar="SEAL:DIGEST", help="a seal that the log told of")
    command(audit, "retire", "upkeep.retire_events", "Drop the years whose events are all older than seven years.")

    reports = group(commands, "reports", "Figures of visits.")
    rebuild = command(reports, "rebuild", "reports.rebuild", "Compute the figures anew from the rows.")
    rebuild.add_argument("--organization", type=UUID, help="default: all")
    rebuild.add_argument(
        "--from", dest="since", type=instant, help="RFC 3339 with an offset (default: the first visit)"
    )
    rebuild.add_argument("--to", dest="until", type=instant, help="RFC 3339 with an offset (default: the last visit)")

    availability = group(commands, "availability", "Published slots.")
    described = (
        "Tell the slots whose local time is another one since an update of tzdata; exit 1 if any. Moves nothing."
    )
    command(availability, "recheck", "availability.recheck", described)

    jobs = group(commands, "jobs", "Changes of many slots that are done in steps.")
    watch = command(jobs, "watch", "jobs.watch", "Show how far one is, until it has ended.")
    watch.add_argument("--organization", type=UUID, required=True)
    watch.add_argument("id", type=UUID, help="as in the answer that started it")

    described = "Mark that a backup was restored, and hold back whoever is told outside until they are released."
    restored = command(commands, "after-restore", "restore.after_restore", described)
    told = restored.add_mutually_exclusive_group()
    told.add_argument("--head", type=seal, metavar="SEAL:DIGEST", help="the last seal that the log tells of")
    told.add_argument("--release", action="store_true", help="let them hear again")

    described = "Look at everything that the service stands on, and say what to do; exit 1 on any fault."
    command(commands, "doctor", "doctor.doctor", described, reads_env_file=False)

    described = "Count every row that breaks an invariant; exit 1 if any does. Repairs nothing."
    command(commands, "check", "upkeep.check", described)
    return parser


def _add_dev(commands: Any) -> None:
    described = "Run everything embedded, with a demo, for development."
    dev = command(commands, "dev", "dev.dev", described, reads_env_file=False)
    dev.add_argument("--host", type=text, default="127.0.0.1", help="address to listen on (default: %(default)s)")
    dev.add_argument(
        "--port", type=port, default=8000, help="port to listen on, 0 for any free one (default: %(default)s)"
    )
    dev.add_argument("--data-dir", type=Path, default=DATA_DIR, help="where all is kept (default: %(default)s)")
    dev.add_argument("--ephemeral", action="store_true", help="keep nothing, and leave other instances alone")
    dev.add_argument("--no-demo", action="store_true", dest="without_demo", help="begin with an empty organization")
    dev.add_argument("--seed", type=Path, help="what a new database begins with: JSON, see docs/testing.md")
    dev.add_argument("--jwt-secret", type=text, help="sign and verify tokens by it (default: made once, and kept)")
    dev.add_argument("--jwks-url", type=text, help="take the tokens of this issuer, too")
    dev.add_argument("--env-file", type=Path, help="once ready, write what a test suite needs to this file")
    dev.add_argument("--format", choices=("env", "json"), default="env", help="of that file (default: %(default)s)")
    dev.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="warning")
    dev.add_argument("--log-file", type=Path, help="write the log to the end of this file, as JSON")


def _add_token(commands: Any) -> None:
    token = command(commands, "token", "operator.token", "Print a bearer token for development.")
    token.add_argument("--subject", type=subject, help="default: made from the email, always the same")
    token.add_argument("--email", type=email, help="without one, --subject or --role is needed")
    token.add_argument("--name", type=text, help="the bearer's: an agent's first name here")
    token.add_argument("--unverified", action="store_true", help="do not vouch for the email")
    token.add_argument("--role", type=one_of(AgentRole), choices=list(AgentRole), help="make it an agent's")
    token.add_argument("--organization", type=UUID, help="the agent's (default: the demo's)")
    token.add_argument("--hours", type=lifetime, default="24", help="how long it lasts (default: %(default)s)")


def _add_hearing(commands: Any) -> None:
    described = "Hear what happens in `booking dev`: signed webhooks, at an endpoint that lasts as long as this runs."
    listen = command(commands, "listen", "listen.listen", described)
    listen.add_argument("--forward-to", type=url, metavar="URL", help="send on what comes, and answer as it does")
    types = [one.value for one in EventType]
    described = f"types of events to hear (default: all): {', '.join(types)}"
    listen.add_argument("--types", nargs="+", choices=types, metavar="TYPE", help=described)
    trigger = command(commands, "trigger", "trigger.trigger", "Let something happen in `booking dev`, by its API.")
    types.append("webhook.test")
    trigger.add_argument("type", choices=types, metavar="TYPE", help=f"one of {', '.join(types)}")


def _add_screen(commands: Any) -> None:
    screen = command(commands, "screen", "operator.screen", "Send an APPLICANT_SCREENED event to the queue.")
    screen.add_argument("--name", type=text, required=True)
    screen.add_argument("--email", type=email, required=True)
    screen.add_argument("--phone", type=text, help="E.164, such as +4915112345678")
    screen.add_argument("--locale", type=text, help="BCP 47, such as de-DE")
    screen.add_argument(
        "--risk", type=one_of(RiskLevel), choices=list(RiskLevel), default=RiskLevel.LOW, help="default: LOW"
    )
    screen.add_argument("--applicant", type=UUID, help="the sender's id of the person (default: made from the email)")
    screen.add_argument("--organization", type=UUID, help="default: the demo's")
    screen.add_argument("--screened-at", type=instant, help="RFC 3339 with an offset (default: when it is sent)")
    screen.add_argument("--queue-url", type=text, help="default: BOOKING_SQS_QUEUE_URL")


def _add_agents(commands: Any) -> None:
    agents = group(commands, "agent", "Provision agents whose tokens cannot say that they are; list agents.")
    described = "Make a subject an agent, in place of what it was made before."
    add = command(agents, "add", "operator.add_agent", described)
    add.add_argument("--subject", type=subject, required=True, help="the token's `sub`")
    add.add_argument("--organization", type=UUID, required=True)
    add.add_argument("--role", type=one_of(AgentRole), choices=list(AgentRole), required=True)
    described = "Undo that. Whom signed claims make an agent stays one."
    remove = command(agents, "remove", "operator.remove_agent", described)
    remove.add_argument("--subject", type=subject, required=True, help="the token's `sub`")
    described = "Erase an agent: name, email, phone, locale and photo; and shut them out."
    erase = command(agents, "erase", "operator.erase_agent", described)
    erase.add_argument("--organization", type=UUID, required=True)
    erase.add_argument("--agent", type=UUID, required=True, help="our id of the agent, as in `booking agent list`")
    described = "List those who have a role, by an operator's word or by claims."
    listed = command(agents, "list", "operator.list_agents", described)
    listed.add_argument("--organization", type=UUID, help="default: all")


def _add_applicants(commands: Any) -> None:
    applicants = group(commands, "applicant", "Find an applicant; mend what was linked wrongly; erase a person.")
    described = "Find our id of an applicant, in every organization."
    find = command(applicants, "find", "operator.find_applicants", described)
    find.add_argument("--email", type=email, required=True)
    find.add_argument("--organization", type=UUID, help="default: all")
    described = "Take the login from an applicant, for good."
    unlink = command(applicants, "unlink", "operator.unlink_applicant", described)
    unlink.add_argument("--organization", type=UUID, required=True)
    unlink.add_argument("--applicant", type=UUID, required=True, help="our id of the applicant, as in GET /me")
    described = "Erase a person: name, email, phone, login and all they wrote."
    erase = command(applicants, "erase", "operator.erase_applicant", described)
    erase.add_argument("--organization", type=UUID, required=True)
    erase.add_argument("--applicant", type=UUID, required=True, help="our id of the applicant")


def _add_dead(commands: Any) -> None:
    described = "Events that could not be handed on in three days."
    happened = group(commands, "events", "What happened, and who is told of it.")
    replay = command(happened, "replay", "restore.replay", "Hand on again what happened, under the same ids.")
    replay.add_argument("--from", dest="since", type=instant, required=True, help="RFC 3339 with an offset")
    kinds = ("webhook", "aws", "log")
    replay.add_argument("--to", dest="kinds", choices=kinds, nargs="+", default=list(kinds), help="default: to all")
    events = group(happened, "dead", described)
    command(events, "list", "dead_letters.list_events", "List them: what, since when, and why.")
    command(events, "show", "dead_letters.show_event", "Show one of them.").add_argument("id", type=UUID)
    add_choice(command(events, "redrive", "dead_letters.redrive_events", "Hand them on again."), UUID)

    described = "Screenings that the consumer could not take."
    screenings = group(group(commands, "screenings", described), "dead", described)
    command(screenings, "list", "dead_letters.list_screenings", "List them: since when, and why.")
    described = "Show one of them, with the personal data in it."
    command(screenings, "show", "dead_letters.show_screening", described).add_argument("id")
    described = "Send them back to the queue."
    add_choice(command(screenings, "redrive", "dead_letters.redrive_screenings", described), str)
    add_choice(command(screenings, "delete", "dead_letters.delete_screenings", "Delete them, for good."), str)
