"""Sessions with a database: how they begin, and why they cannot."""

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import asyncpg

from booking.adapters.postgres.engine.causes import Cause, Target, cause_of, state_of
from booking.adapters.postgres.engine.errors import OF_THE_DRIVER, Again, ended
from booking.domain.refusals import Unavailable
from booking.faults import Explained

CONNECT = 2.0  # seconds
KEPT = 0  # without end: what is asked once in a while has a plan, too; the driver's own would be five minutes
OF_THE_URL = {"22023", "55P02"}  # values that the server does not take, or not now; all of class 42 are, too

GENERIC, AUTO = "generic", "auto"
PLANS = {GENERIC: "force_generic_plan", AUTO: "auto"}
"""By `BOOKING_PLANS`: one plan for any inputs, the fastest on one server; or as PostgreSQL chooses, for a distributed
engine, which has to see the inputs to know the node."""

BY_INDEX = {
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_material": "off",
}
"""Prepared statements find few rows by keys; a plan that is kept from when a table was empty must know that, too."""

PLAN_BY_INDEX = """
SELECT set_config(name, setting, false) FROM unnest($1::text[], $2::text[]) AS wanted(name, setting)
WHERE pg_backend_pid() = $3
"""
"""Where the session is ours alone. A pooler's is told by another id than the one that the pooler gave us: what is set
there would be for others, too, and poolers refuse such settings when a session begins (ADR 42)."""


PLAN_FREELY = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in ("plan_cache_mode", *BY_INDEX))


class BadUrl(Explained):
    """A URL that no database can be reached by."""


async def connect(url: str, **options: Any) -> Any:
    """A connection of asyncpg's. Unavailable with the cause, or Again where it was broken off; BadUrl."""
    try:
        return await asyncpg.connect(url, **({"timeout": CONNECT, "max_cached_statement_lifetime": KEPT} | options))
    except (*OF_THE_DRIVER, ValueError) as error:
        target = Target.of(url)
        state = state_of(error) or ""
        unreadable = isinstance(error, ValueError) and not isinstance(error, OSError)  # as a certificate's are both
        if unreadable or state in OF_THE_URL or state.startswith("42"):
            raise BadUrl(str(Cause(_parameters(url), state or None, target))) from error
        broken_off = ended(error) and (not isinstance(error, OSError) or isinstance(error, ConnectionResetError))
        if broken_off:
            raise Again(cause_of(error)) from error
        raise Unavailable(cause=cause_of(error)) from error


async def plan_by_index(connection: "asyncpg.Connection[Any]", plans: str) -> None:
    """Have a session that is ours alone plan by indexes, and keep its plans."""
    wanted = {"plan_cache_mode": PLANS[plans], **BY_INDEX}
    await connection.execute(PLAN_BY_INDEX, list(wanted), list(wanted.values()), connection.get_server_pid())


async def forget(connection: "asyncpg.Connection[Any]") -> None:
    """Have the session keep no statement of before; the connection is of no use after it. A pooler would give the same
    to whoever asks the same anew, even to another client."""
    with suppress(*OF_THE_DRIVER):
        await connection.execute("DEALLOCATE ALL")
    connection.terminate()


def _parameters(url: str) -> str:
    """Their names alone: values may be secrets."""
    names = [name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)]
    return f"a parameter of its URL cannot be used, one of: {', '.join(names)}" if names else "its URL cannot be read"
