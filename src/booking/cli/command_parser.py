"""Parser of a command: one line about a mistake, and the env file that most commands can read."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """Parser with one line about a mistake, where argparse's own prints its whole usage first."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"booking: {message} (`{self.prog} --help` says how to call it)\n")


def command(
    parent: Any, name: str, function: str, text: str, *, reads_env_file: bool = True
) -> argparse.ArgumentParser:
    """Add a command, done by a function of `booking.cli`; without `reads_env_file` by the environment alone."""
    added: argparse.ArgumentParser = parent.add_parser(name, help=text, description=text)
    added.set_defaults(function=function, reads_env_file=reads_env_file)
    if reads_env_file:
        described = (
            "the instance to talk to, as `booking dev` writes it: it goes before the environment's own variables"
        )
        described += " (default: .booking/env, unless DATABASE_URL or BOOKING_SQS_QUEUE_URL is set)"
        added.add_argument("--env-file", type=Path, dest="instance", metavar="FILE", help=described)
    return added


def group(parent: Any, name: str, text: str) -> Any:
    """Add a word that several commands begin with."""
    return parent.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar="COMMAND")


def add_choice(parser: argparse.ArgumentParser, kind: Callable[[str], object]) -> None:
    """Ask for ids, or for all."""
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("ids", type=kind, nargs="*", default=[], metavar="id")
    chosen.add_argument("--all", action="store_true", dest="every")


class Version(argparse.Action):
    """Say which release this is; the package's data is read for that alone."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help="say which release this is")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"booking {version('booking')}")
        parser.exit()
