"""Causes: why the database cannot answer, for operators. Never its own message, which may quote anything."""

import os
import socket
import ssl
import time
from dataclasses import dataclass, field, replace
from errno import ECONNREFUSED
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
import structlog

from booking.domain.refusals import Unavailable

PAUSE = 60.0  # seconds; for so long the same cause is not told again

BY_STATE = {
    "0A000": "a plan is kept from before a migration",
    "28P01": "wrong password, or no such role",
    "28000": "the server refuses this role, host or database, or asks for TLS (pg_hba.conf)",
    "3D000": "no such database",
    "53300": "too many connections",
    "55P03": "a lock was held for too long",
    "57014": "a statement took too long, or was cancelled",
    "57P03": "the server is starting, stopping or recovering",
    "26000": "prepared statements go astray: a pooler that does not track them",
    "42P05": "prepared statements go astray: a pooler that does not track them",
}
BY_CLASS = {
    "08": "the connection was broken off",
    "25": "the transaction cannot go on",
    "28": "the server refuses this role",
    "40": "others changed the same at the same time",
    "53": "the server has too little memory, disk or connections",
    "55": "something that is needed is in use",
    "57": "the session was ended",
    "58": "the server's system failed",
}

log = structlog.get_logger("booking.database")


@dataclass(frozen=True, slots=True)
class Target:
    """Which database: nothing secret of its URL."""

    host: str
    port: str
    """Empty where several hosts are named, each with its own."""
    database: str

    @classmethod
    def of(cls, url: str) -> "Target":
        """Read a URL as the driver does, with the environment for missing parts."""
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query))
        place = unquote(parts.netloc.rpartition("@")[2])
        host, colon, port = place.rpartition(":")
        if not colon or place.endswith("]") or "," in place:
            host, port = place, ""
        host = host or asked.get("host") or os.environ.get("PGHOST") or "localhost"
        port = port or ("" if "," in host else asked.get("port") or os.environ.get("PGPORT") or "5432")
        named = unquote(parts.path.lstrip("/")) or asked.get("dbname") or asked.get("database")
        user = asked.get("user") or unquote(parts.username or "") or os.environ.get("PGUSER")
        return cls(host=host, port=port, database=named or os.environ.get("PGDATABASE") or user or "")

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something cannot be had of the database; its text is for the log and the command line alone."""

    kind: str
    sqlstate: str | None = None
    target: Target | None = None

    def __str__(self) -> str:
        state = f" (SQLSTATE {self.sqlstate})" if self.sqlstate else ""
        where = f" {self.target.database!r} at {self.target.place}" if self.target else ""
        return f"the database{where} cannot be used: {self.kind}{state}"


@dataclass(slots=True)
class Outage:
    """Log of one database's causes: a cause that lasts is told once, and from time to time."""

    target: Target
    logs: bool = True
    _logged_at: dict[Cause, float] = field(default_factory=dict)

    def tell(self, error: Unavailable) -> None:
        """Complete the cause with the database's address, and log it; a command prints it instead."""
        if not isinstance(error.cause, Cause) or error.cause.target:
            return
        error.cause = cause = replace(error.cause, target=self.target)
        now = time.monotonic()
        if not self.logs or now - self._logged_at.get(cause, float("-inf")) < PAUSE:
            return
        self._logged_at[cause] = now
        log.warning(
            "the database cannot answer",
            cause=cause.kind,
            sqlstate=cause.sqlstate,
            host=self.target.host,
            port=self.target.port,
            database=self.target.database,
        )


def state_of(error: BaseException) -> str | None:
    return getattr(error, "sqlstate", None)


def cause_of(error: BaseException) -> Cause:
    state = state_of(error)
    return Cause(BY_STATE.get(state) or BY_CLASS.get(state[:2], "refused") if state else _without_state(error), state)


def _without_state(error: BaseException) -> str:
    match error:
        case socket.gaierror():
            return "unknown host"
        case ssl.SSLCertVerificationError():
            return "the server's certificate cannot be verified"
        case ssl.SSLError():
            return "TLS failed"
        case ConnectionRefusedError():
            return "connection refused: nothing listens on that port"
        case TimeoutError():
            return "no answer in time"
        case ConnectionError() as found if "SSL upgrade" in str(found):
            return "the URL asks for TLS, which the server does not offer"
        case ConnectionError() | asyncpg.InterfaceError() | asyncpg.InternalClientError():
            return "the connection was broken off"
        case FileNotFoundError() | PermissionError():
            return "a file or socket that the URL names cannot be used"
        case OSError() as found if f"[Errno {ECONNREFUSED}]" in str(
            found
        ):  # of several addresses, put together by asyncio
            return "connection refused: nothing listens on that port"
        case OSError() as found if "Connect call failed" in str(found):
            return "no way to that host"
    return "it cannot be reached"
