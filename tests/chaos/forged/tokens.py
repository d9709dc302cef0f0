"""Forged tokens: not one of them is believed, by the verifier itself or over HTTP, and genuine ones all are."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from booking.adapters.tokens.keys import FETCH_EVERY
from booking.adapters.tokens.verification import JoseTokens, tokens_for
from booking.config import AuthSettings
from booking.domain.refusals import Unauthenticated
from tests.chaos.figures import Figures
from tests.chaos.forged.families import ISSUER, Family, Secret
from tests.chaos.forged.forgeries import Case, forgeries
from tests.chaos.forged.spoiling import Spoiler
from tests.chaos.load import PATIENCE
from tests.chaos.scene import Scene, scene, violations
from tests.chaos.service import SECRET, instance
from tests.support.chance import chance
from tests.support.database import Server
from tests.support.issuer import NOW, URL, Clock, EcKey, Issuer, RsaKey
from tests.support.worlds import as_owner

SHARED, RSA, EC = Secret("shared", SECRET.encode()), RsaKey("rsa"), EcKey("ec")
WITHDRAWN = EcKey("withdrawn")
BY_SECRET = AuthSettings(hs256_secret=SECRET, issuer=ISSUER)
BY_KEYS = AuthSettings(jwks_url=URL, issuer=ISSUER)
OVER_HTTP = 3600.0  # seconds until a token is looked at, at the most
MOST_TOLD = 5
CONNECTIONS = 48  # so that those share a wait who name a key that may be published by the next fetch
CHANGING = ("agents", "applicants", "slots", "bookings", "waitlist", "policies", "answers", "events")


def forged_tokens(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(fault="", rounds=rounds)
    named = asyncio.run(_in_process(figures))
    _over_http(figures, folder, server)
    figures.fault = f"forged tokens: {named:,} by name, the rest mutations"
    told = len(figures.faults)
    figures.faults[MOST_TOLD:] = [f"and {told - MOST_TOLD} more"] if told > MOST_TOLD else []
    return figures


def _families(now: float, **more: Any) -> dict[str, Family]:
    return {
        "HS256": Family(SHARED, now, **more),
        "RS256": Family(RSA, now, others=(EC, WITHDRAWN), **more),
        "ES256": Family(EC, now, others=(RSA, WITHDRAWN), **more),
    }


async def _in_process(figures: Figures) -> int:
    """How many had a name; the mutations are on top of those."""
    seed, rng = chance()
    clock, issuer, families = Clock(), Issuer(WITHDRAWN.jwk), _families(NOW)
    by_keys = tokens_for(BY_KEYS, now=Clock(), monotonic=clock, transport=issuer)
    verifiers = {"HS256": tokens_for(BY_SECRET, now=Clock()), "RS256": by_keys, "ES256": by_keys}
    await _believed(figures, by_keys, {"the key, before it is withdrawn": Family(WITHDRAWN, NOW).token()})
    issuer.publish(RSA.jwk, EC.jwk)
    clock.seconds += 60
    named = 0
    for family in families.values():
        verifier = verifiers[family.name]
        await _believed(figures, verifier, {f"{family.name}, {what}": text for what, text in family.genuine().items()})
        for name, text in forgeries(family):
            named += 1
            clock.seconds += FETCH_EVERY  # the next fetch may begin: nobody waits for it
            await _refused(figures, verifier, name, text)
    spoiler = Spoiler(list(families.values()), rng)
    for number in range(figures.rounds):
        whose, way, text = spoiler.spoiled()
        clock.seconds += FETCH_EVERY
        await _refused(figures, verifiers[whose], f"{whose}, mutation {number} of SEED={seed} by {way}", text)
    for verifier in set(verifiers.values()):
        await verifier.aclose()
    return named


async def _believed(figures: Figures, tokens: JoseTokens, genuine: Mapping[str, str]) -> None:
    for name, text in genuine.items():
        try:
            await tokens.verify(text)
        except Exception as error:
            figures.faults.append(f"{name}: genuine, but {error!r}")


async def _refused(figures: Figures, tokens: JoseTokens, name: str, text: str) -> None:
    try:
        await tokens.verify(text)
    except Unauthenticated:
        figures.acknowledged += 1
    except Exception as error:
        figures.faults.append(f"{name}: {error!r}")
    else:
        figures.faults.append(f"{name}: accepted")


def _over_http(figures: Figures, folder: Path, server: Server) -> None:
    """The named ones again, each with a booking that would be made if it were believed."""
    # Only here, for every instance that is forked imports what `make chaos` does; and before a connection waits for it.
    from tests.chaos.fuzz import documented  # noqa: F401

    keys = json.dumps({"keys": [RSA.jwk, EC.jwk]}).encode()
    with scene(server, people=1, slots=1) as made, _published(keys) as (address, asked):
        by_keys = {"BOOKING_AUTH_HS256_SECRET": "", "BOOKING_AUTH_JWKS_URL": f"{address}/jwks"}
        families = _families(time.time(), slack=OVER_HTTP, subject=made.subjects[0], elsewhere=f"{address}/evil")
        with (
            instance(made.serving_url, folder, BOOKING_AUTH_ISSUER=ISSUER) as one,
            instance(made.serving_url, folder, BOOKING_AUTH_ISSUER=ISSUER, **by_keys) as two,
            ThreadPoolExecutor(CONNECTIONS) as pool,
        ):
            asking = {
                name: _Asking((two if family.published else one).address, made.slots[0])
                for name, family in families.items()
            }
            for name, family in families.items():
                for what, text in family.genuine().items():
                    if (status := asking[name].look(text)) != 200:
                        figures.faults.append(f"{name}, {what}: genuine, but {status} over HTTP")
            before = asyncio.run(_rows(made))
            for name, family in families.items():
                cases = list(forgeries(family))
                for faults in pool.map(asking[name].book, (cases[start::CONNECTIONS] for start in range(CONNECTIONS))):
                    figures.faults += faults
                figures.acknowledged += len(cases)
            if (after := asyncio.run(_rows(made))) != before:
                figures.faults.append(f"forged tokens changed {before} to {after}")
        if set(asked) != {"/jwks"}:
            figures.faults.append(f"keys were looked for at {sorted(set(asked))}")
        figures.faults += asyncio.run(violations(made))


@dataclass(frozen=True)
class _Asking:
    address: tuple[str, int]
    slot: str

    def look(self, text: str) -> int:
        with closing(self._connection()) as connection:
            connection.request("GET", "/api/v1/me", headers=_bearing(text))
            return connection.getresponse().status

    def book(self, cases: Sequence[Case]) -> list[str]:
        """Of those, what was answered otherwise than with a refusal."""
        faults = []
        with closing(self._connection()) as connection:
            for name, text in cases:
                connection.request("POST", "/api/v1/bookings", json.dumps({"slot_id": self.slot}), _bearing(text))
                if fault := _unlike_a_refusal(connection.getresponse()):
                    faults.append(f"{name}: {fault} over HTTP")
        return faults

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(*self.address, timeout=PATIENCE)


def _bearing(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}", "Content-Type": "application/json"}


def _unlike_a_refusal(response: http.client.HTTPResponse) -> str | None:
    from tests.chaos.fuzz.documented import Answer, fault_of_problem

    headers = {name.lower(): value for name, value in response.getheaders()}
    answer = Answer(response.status, headers, response.read())
    return f"status {answer.status}" if answer.status != 401 else fault_of_problem(answer)


async def _rows(made: Scene) -> dict[str, int]:
    counted = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in CHANGING)
    (row,) = await as_owner(made.owner_url, f"SELECT {counted}")
    return dict(row)


@contextmanager
def _published(keys: bytes) -> Iterator[tuple[str, list[str]]]:
    """An issuer's address, and what was asked of it."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}", asked
        finally:
            listening.shutdown()
            thread.join()
