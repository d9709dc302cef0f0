"""The command line of what operators look after: dead events, dead screenings, the audit."""

import argparse
from collections.abc import Callable
from typing import Any
from uuid import UUID

from booking.cli import arguments as types
from booking.config import ConfigurationError, queue_url

Arguments = argparse.Namespace


def add_to(commands: Any, add: Callable[..., Any]) -> None:
    """`add` makes a command of a group, as every other."""
    events = _group(commands, "events", "Events that could not be handed on in three days.")
    add(events, "list", _events_list, "List them: what, since when, and why.")
    add(events, "show", _events_show, "Show one of them.").add_argument("id", type=UUID)
    _choice(add(events, "redrive", _events_redrive, "Hand them on again."), UUID)

    screenings = _group(commands, "screenings", "Screenings that the consumer could not take.")
    add(screenings, "list", _screenings_list, "List them: since when, and why.")
    add(screenings, "show", _screenings_show, "Show one of them, with the personal data in it.").add_argument("id")
    _choice(add(screenings, "redrive", _screenings_redrive, "Send them back to the queue."), str)
    _choice(add(screenings, "delete", _screenings_delete, "Delete them, for good."), str)

    audit = commands.add_parser("audit", help="The record of what happened.").add_subparsers(required=True)
    verify = add(audit, "verify", _audit_verify, "Check every sealed event; exit 1 if any is not as it was sealed.")
    verify.add_argument("--head", type=types.seal, metavar="SEAL:DIGEST", help="a seal that the log told of")
    add(audit, "retire", _audit_retire, "Drop the years whose events are all older than seven years.")


def _group(commands: Any, name: str, text: str) -> Any:
    parser = commands.add_parser(name, help=text, description=text)
    dead = parser.add_subparsers(required=True, metavar="COMMAND").add_parser("dead", help=text, description=text)
    return dead.add_subparsers(required=True, metavar="COMMAND")


def _choice(parser: argparse.ArgumentParser, kind: Callable[[str], object]) -> None:
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("id", type=kind, nargs="*", default=[])
    chosen.add_argument("--all", action="store_true")


async def _events_list(_: Arguments) -> None:
    from booking.cli.dead_letters import list_events

    await list_events()


async def _events_show(arguments: Arguments) -> int:
    from booking.cli.dead_letters import show_event

    return await show_event(arguments.id)


async def _events_redrive(arguments: Arguments) -> int:
    from booking.cli.dead_letters import redrive_events

    return await redrive_events(None if arguments.all else arguments.id)


async def _screenings_list(_: Arguments) -> None:
    from booking.cli.dead_letters import list_screenings

    await list_screenings(_queue())


async def _screenings_show(arguments: Arguments) -> int:
    from booking.cli.dead_letters import show_screening

    return await show_screening(_queue(), arguments.id)


async def _screenings_redrive(arguments: Arguments) -> int:
    from booking.cli.dead_letters import redrive_screenings

    return await redrive_screenings(_queue(), None if arguments.all else arguments.id)


async def _screenings_delete(arguments: Arguments) -> int:
    from booking.cli.dead_letters import delete_screenings

    return await delete_screenings(_queue(), None if arguments.all else arguments.id)


async def _audit_verify(arguments: Arguments) -> int:
    from booking.cli.audit import verify

    return await verify(arguments.head)


async def _audit_retire(_: Arguments) -> None:
    from booking.cli.operator import retire_events

    await retire_events()


def _queue() -> str:
    url = queue_url()
    if url is None:
        raise ConfigurationError(["BOOKING_SQS_QUEUE_URL is required"])
    return url
