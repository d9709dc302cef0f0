"""Schedules and their changes by chance beside an independent oracle; hostile rules are refused at once."""

import asyncio
import os
import secrets
import time as clock
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from booking import time_zones
from booking.domain.planning import content_lines
from booking.domain.planning.recurrence import MOST_DATES
from booking.domain.planning.schedule import MOST_RULES, Rule, Schedule, planned
from booking.domain.refusals import InvalidRequest
from tests.chaos.figures import Figures
from tests.support import schedule_oracle as oracle
from tests.support.database import Server
from tests.support.schedule_lives import Life

LIVES = 10  # rounds, of which one is a life of changes
AT_ONCE = 0.05  # seconds of this process
START = datetime(2027, 3, 1, 9)  # noqa: DTZ001 - local
MANY = ",".join(f"{START + timedelta(hours=hour):%Y%m%dT%H%M%S}" for hour in range(3 * MOST_DATES))
HOSTILE = (
    ["RRULE:FREQ=MINUTELY"],
    ["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"],
    ["RRULE:FREQ=DAILY;BYSETPOS=366"],
    ["RRULE:FREQ=DAILY;COUNT=1000000"],
    ["RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU"],
    ["RRULE:FREQ=WEEKLY;COUNT=" + "9" * 20_000],
    ["RRULE:" + "FREQ=DAILY;" * 1_000_000],
    ["RRULE:FREQ=DAILY", *["EXDATE:" + MANY[: 16 * MOST_DATES - 1]] * 1_000],
    ["RRULE:FREQ=DAILY", "RDATE:" + MANY],
    ["EXDATE:"] * 2 * MOST_DATES,
)


def schedules(rounds: int, _folder: Path, _server: Server) -> Figures:
    seed = os.environ.get("SEED") or str(secrets.randbelow(10**9))
    figures = Figures(fault="schedules and changes of them beside an oracle, and hostile rules", rounds=rounds)
    for number in range(rounds):
        chance = Random(f"{seed} {number}")
        schedule = oracle.any_schedule(chance)
        since = oracle.BEGAN + timedelta(days=chance.randrange(365 * oracle.YEARS))
        until = min(since + timedelta(days=366), oracle.BEGAN.replace(year=oracle.BEGAN.year + oracle.YEARS))
        found = planned(schedule, time_zones.zone(schedule.time_zone), since=since, until=until)
        wanted = oracle.planned(schedule, since=since, until=until)
        if [oracle.told(slot) for slot in found] != wanted:
            figures.faults.append(f"SEED={seed}, schedule {number} from {since} differs from the oracle's")
        figures.acknowledged += len(found)
    for number in range(max(1, rounds // LIVES)):
        faults = asyncio.run(Life(Random(f"{seed} life {number}")).run(12))
        if faults:
            figures.faults.append(f"SEED={seed}, life {number}: {'; '.join(faults)[:2_000]}")
        figures.acknowledged += 1
    for lines in HOSTILE:
        _refused_at_once(figures, lines)
    _too_many_slots(figures)
    return figures


def _refused_at_once(figures: Figures, lines: list[str]) -> None:
    began = clock.process_time()
    try:
        content_lines.read(START, lines)
        figures.faults.append(f"is not refused: {lines[0][:60]}")
    except InvalidRequest:
        figures.acknowledged += 1
    _within(figures, began, lines[0])


def _too_many_slots(figures: Figures) -> None:
    rule = Rule(recurrence=content_lines.read(START, ["RRULE:FREQ=DAILY"]), until_time=time(23, 59))
    schedule = Schedule(time_zone="UTC", rules=(rule,) * MOST_RULES, slot_minutes=5, horizon_days=366)
    began = clock.process_time()
    try:
        planned(schedule, time_zones.zone("UTC"), since=date(2027, 3, 1), until=date(2028, 3, 1))
        figures.faults.append("so many slots are not refused")
    except InvalidRequest:
        figures.acknowledged += 1
    _within(figures, began, "so many slots")


def _within(figures: Figures, began: float, named: str) -> None:
    if (took := clock.process_time() - began) > AT_ONCE:
        figures.faults.append(f"refused after {took * 1000:.0f} ms: {named[:60]}")
