"""Readers of the feed by HTTP, who ask again with the last position they were told, whatever comes between."""

import asyncio
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from booking.adapters.tokens.minting import mint
from booking.domain.delivery.feed import AVAILABILITY_CHANGED
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE, Address, Load
from tests.chaos.outages import mortal_server, same_instance
from tests.chaos.scene import Scene, judged, scene
from tests.chaos.service import SECRET, instance
from tests.support.database import Server
from tests.support.worlds import as_owner

PEOPLE = 3  # applicants who listen, beside two admins
LIMITS = (1, 7, 100, 1_000)  # of a page
EXPECTED = """
SELECT e.id::text FROM events e WHERE e.organization_id = $1
  AND ($2::text IS NULL OR e.applicant_id = (SELECT p.id FROM applicants p WHERE p.user_id = $2))
ORDER BY e.organization_position
"""


@dataclass
class FeedReader:
    """`subject`: None for an admin. `position` is none at the beginning: the oldest event."""

    address: Address
    token: str
    subject: str | None
    heard: list[str] = field(default_factory=list)
    position: str | None = None

    def read(self, stop: threading.Event) -> None:
        """Read until the end that is there once it is to stop."""
        more = True
        while more:
            last = stop.is_set()
            page = self._ask(wait=0 if last else 1)
            if page is None:
                time.sleep(0.01 + random.random() * 0.02)
            else:
                self.position = page["position"]
                self.heard += [one["id"] for one in page["events"] if one["type"] != AVAILABILITY_CHANGED]
                more = not last or bool(page["events"])

    def _ask(self, wait: int) -> dict[str, Any] | None:
        asked = {"limit": random.choice(LIMITS), "wait": wait} | ({"after": self.position} if self.position else {})
        connection = http.client.HTTPConnection(*self.address(), timeout=10)
        try:
            connection.request(
                "GET", f"/api/v1/events?{urlencode(asked)}", headers={"Authorization": f"Bearer {self.token}"}
            )
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status in (200, 503), f"{answer.status} {body!r}"
            return json.loads(body) if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def heard_across_kills(rounds: int, folder: Path, _server: Server) -> Figures:
    """A round is a kill."""
    figures = Figures(fault="`kill -9` of the postmaster, heard by readers of the feed", rounds=rounds)
    with mortal_server(folder) as (own, kill), scene(own) as made, instance(made.serving_url, folder) as running:
        address = lambda: running.address  # noqa: E731 - as the load has it
        readers = [FeedReader(address, _admin(made), None) for _ in range(2)]
        listening = zip(made.tokens[:PEOPLE], made.subjects, strict=False)
        readers += [FeedReader(address, token, subject) for token, subject in listening]
        stop = threading.Event()
        threads = [threading.Thread(target=reader.read, args=(stop,), daemon=True) for reader in readers]
        with Load(address, made.tokens, made.slots) as load:
            load.await_told(1)
            for thread in threads:
                thread.start()
            for _ in range(rounds):
                time.sleep(random.random() * 0.5)
                kill()
                load.await_told(load.told + 5)
        figures = asyncio.run(judged(figures, made, load))  # by then all has its position
        stop.set()
        for thread in threads:
            thread.join(2 * PATIENCE)
        for reader in readers:
            rows = asyncio.run(as_owner(made.owner_url, EXPECTED, made.organization_id, reader.subject))
            figures.compare(reader.heard, [row["id"] for row in rows])
            figures.acknowledged += len(reader.heard)
        return same_instance(figures, running)


def _admin(made: Scene) -> str:
    agency = Agency(organization_id=made.organization_id, role=AgentRole.ADMIN)
    return mint(SECRET, subject=f"reader-{uuid4()}", agency=agency, lifetime=timedelta(hours=12))
