"""The environment of a command: its process's own, or that of an instance which a file describes."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from booking.config import known_settings
from booking.config.variables import FILE
from booking.faults import Explained

TARGETS = ("DATABASE_URL", "BOOKING_MIGRATION_DATABASE_URL", "BOOKING_SQS_QUEUE_URL")
OF_AN_INSTANCE = re.compile(r"BOOKING_\w+|DATABASE_URL(_FILE)?|ORGANIZATION_ID|AWS_ENDPOINT_URL(_SQS)?")
OF_AN_AWS_ACCOUNT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
EXPOSE = "BOOKING_DEV_EXPOSE"
PAGE = "BOOKING_DEV_PAGE"
"""1 where other machines may reach `booking dev`, as in a container: then any address will do, and any Host."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class EnvFileError(Explained):
    """The file of variables cannot be used; says each line that is broken."""


def use_file(file: Path | None, default: Path) -> None:
    """Take the variables of `file`, or of the default where the environment names nothing to talk to.

    Why: a command must never talk to one instance with the address of another.
    """
    if file is None:
        if any(os.environ.get(name) or os.environ.get(f"{name}{FILE}") for name in TARGETS) or not default.exists():
            return
        file = default
    adopt(read(file))


def adopt(variables: Mapping[str, str]) -> None:
    """Put an instance's variables into the environment, in the place of any other instance's."""
    theirs = {name for name in os.environ if OF_AN_INSTANCE.fullmatch(name)}
    if "AWS_ACCESS_KEY_ID" in variables:
        theirs.update(OF_AN_AWS_ACCOUNT)
        if "AWS_ENDPOINT_URL_SQS" in variables:
            leave_aws()
    for name in theirs:
        os.environ.pop(name, None)
    os.environ.update(variables)


def leave_aws() -> None:
    """Take AWS's settings of this user and machine out of the environment, and the loopback out of its proxy's way.

    Why: an emulator needs none of them, and a broken profile or a proxy would keep it out of reach.
    """
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(filter(None, (direct, *LOOPBACK)))


def read(file: Path) -> dict[str, str]:
    """Return the variables of a file of `NAME=value` lines; EnvFileError."""
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise EnvFileError(f"{file} is not a file of variables: byte {error.start} of it is no UTF-8") from None
    variables, faults = dict[str, str](), []
    for number, line in enumerate(text.split("\n"), start=1):
        name, separator, value = line.rstrip("\r").partition("=")
        if separator and NAME.fullmatch(name) and "\0" not in value:
            variables[name] = value
        elif line.strip() and not line.lstrip().startswith("#"):
            faults.append(f"line {number}")
    if faults:
        raise EnvFileError(f"{file} has lines that are not NAME=value: {', '.join(faults)}")
    return variables


def unknown_settings(environment: Mapping[str, str]) -> list[str]:
    """Name each variable that looks like a setting and is none, with the setting that may have been meant."""
    known = known_settings(environment) | {EXPOSE, PAGE}
    lines = []
    for name in sorted(environment.keys() - known):
        if name.startswith("BOOKING_"):
            near = get_close_matches(name, known, n=1)
            lines.append(f"{name} is no setting, and is not used{f': {near[0]} is one' if near else ''}")
    return lines
