"""Figures over HTTP: as a table, and as a page for the owner of a home, who is told of nobody that visited."""

import csv
import re
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from io import StringIO
from uuid import UUID

import httpx
import pytest

from booking.domain.people.agent import AgentRole
from booking.domain.people.organization import Organization as Details
from booking.domain.visits.slot import Slot
from tests.builders import Organization, claims, screening
from tests.support.office import HOME, Office

PROPERTY = UUID(int=7)


async def visited(office: Office) -> Slot:
    """A home in which a visit is booked: its slot, which has two places."""
    home = Organization(office.store, HOME)
    agent = await home.identity.identify(claims("mira", organization_id=HOME, role=AgentRole.MEMBER, name="Mira"), "r")
    admin = await home.admin()
    await home.organizations.put(admin, Details(id=HOME, name="Havel & <Spree>", locale="es"), expected=None)
    details = home.property(PROPERTY, label="Elm Street <5>", area="Mitte")
    await home.properties.put(admin, details, expected=None)
    await home.screen(screening(HOME, email="ada@example.com", name="Ada Lovelace"))
    ada = await home.identity.identify(claims("ada-herself", email="ada@example.com"), "r")
    slot = await home.slot(agent, property_id=PROPERTY, capacity=2)
    await home.book(ada, slot.id, "I am looking forward")
    await home.slot(admin, property_id=PROPERTY, starts_in=timedelta(hours=5))
    return slot


async def get(office: Office, path: str, begin: datetime, days: int, token: str, **headers: str) -> httpx.Response:
    period = {"from": begin.isoformat(), "to": (begin + timedelta(days=days)).isoformat()}
    async with office.client(Authorization=f"Bearer {token}", **headers) as http:
        return await http.get(f"/api/v1/reports/{path}", params=period)


async def test_a_table_has_a_row_for_each_day_in_the_words_of_the_json() -> None:
    office = Office()
    begin = (await visited(office)).start_time.replace(hour=0, minute=0, second=0, microsecond=0)
    table = await get(office, "visits", begin, 3, office.token(), Accept="text/csv")
    report = (await get(office, "visits", begin, 3, office.token())).json()
    rows = list(csv.DictReader(StringIO(table.text, newline="")))
    assert table.headers["Content-Disposition"] == 'attachment; filename="visits.csv"'
    assert [row["date"] for row in rows] == [row["date"] for row in report["rows"]]
    assert (rows[0]["booked"], rows[0]["offered"], rows[0]["fill"]) == ("1", *_told(report["rows"][0]))
    assert report["total"]["cancelled"]["total"] == 0
    assert report["total"]["coming"] == sum(row["coming"] for row in report["rows"]) == 1


def _told(row: dict[str, object]) -> tuple[str, str]:
    return str(row["offered"]), str(row["fill"])


@pytest.mark.parametrize(
    ("languages", "language", "days", "words"),
    [
        ("pt-BR, en", "pt-BR", 3, ("Visitas por dia", "Marcadas")),
        ("en", "en", 3, ("Visits by day", "Booked")),
        ("xx", "es", 60, ("Visitas por semana", "Reservadas")),
    ],
)
async def test_the_page_for_an_owner_is_one_document_that_loads_nothing_and_names_no_visitor(
    languages: str, language: str, days: int, words: tuple[str, str]
) -> None:
    office = Office()
    begin = (await visited(office)).start_time - timedelta(days=1)
    token = office.token()
    page = await get(office, f"properties/{PROPERTY}", begin, days, token, **{"Accept-Language": languages})
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Content-Language"] == language
    (style,) = re.findall("<style>(.*?)</style>", page.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert page.headers["Content-Security-Policy"].endswith(f"style-src 'sha256-{digest}'")
    assert not re.search(r"<script|style=|https?:|Ada|Lovelace|looking|Mira", page.text)
    assert "Elm Street &lt;5&gt;" in page.text
    assert "Havel &amp; &lt;Spree&gt;" in page.text
    assert all(word in page.text for word in words)
    assert page.text.count('class="coming" x=') == 2  # of its day or week, and of its hour
    assert re.search(r"33\s?%", page.text)


async def test_a_member_s_page_has_own_visits_and_says_so() -> None:
    office = Office()
    begin = (await visited(office)).start_time - timedelta(days=1)
    mira = office.token("mira", role=AgentRole.MEMBER)
    page = await get(office, f"properties/{PROPERTY}", begin, 3, mira, **{"Accept-Language": "en"})
    assert "visits with Mira" in page.text
    assert "50%" in page.text
    missing = await get(office, f"properties/{UUID(int=8)}", begin, 3, mira)
    assert (missing.status_code, missing.json()["code"]) == (404, "property_not_found")
