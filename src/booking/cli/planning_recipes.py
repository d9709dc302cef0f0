"""Recipes of `booking trigger` for moves, withdrawals, schedules, blocks and calendars."""

import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from booking.cli.instance import ADMIN, AGENT
from booking.cli.scene import FARTHEST, Scene
from booking.domain.events import EventType

NOT_HERE: Mapping[str, str] = {
    EventType.AGENT_CALENDAR_CONFLICTING: "an agent's calendar has to be busy over a slot: PUT"
    " /api/v1/agents/{agent_id}/calendar with the URL of one that is",
    EventType.AGENT_CALENDAR_UNREADABLE: "an agent's calendar cannot be read for a day: PUT"
    " /api/v1/agents/{agent_id}/calendar with a URL that leads nowhere, then POST /dev/clock",
}


async def _moved(scene: Scene) -> None:
    slot_id = await scene.slot()
    start = (await scene.instance.get(f"/slots/{slot_id}", as_=AGENT))["slot"]["start_time"]
    later = (datetime.fromisoformat(start) + timedelta(minutes=5)).isoformat()
    await scene.instance.post(f"/slots/{slot_id}/move", {"start_time": later}, as_=AGENT)
    scene.said("it is five minutes later")


async def _withdrawn(scene: Scene, property_id: str | None = None) -> str:
    home = property_id or str(uuid4())
    await scene.slot(home)
    await scene.instance.post(f"/properties/{home}/withdraw", {})
    scene.said(f"property {home} is withdrawn, and its slots end")
    return home


async def _restored(scene: Scene) -> None:
    await scene.instance.ask("POST", f"/properties/{await _withdrawn(scene)}/restore")
    scene.said("it is restored")


async def _now(scene: Scene) -> datetime:
    return datetime.fromisoformat((await scene.instance.post("/dev/clock", {"advance_seconds": 0}))["now"])


async def _schedule(scene: Scene, *further: str) -> Any:
    """Make a schedule of the agent, and the same by further people; return the last one."""
    home, days = str(uuid4()), random.randrange(2, FARTHEST)  # noqa: S311 - any will do
    start = (await _now(scene)).replace(tzinfo=None, minute=0, second=0, microsecond=0) + timedelta(days=days)
    rule = {"start": start.isoformat(), "recurrence": ["RRULE:FREQ=DAILY;COUNT=1"]}
    terms = {"time_zone": "UTC", "rules": [rule], "slot_minutes": 5, "horizon_days": FARTHEST}
    wanted = {"property_id": home, "agent_id": await _agent(scene), **terms}
    schedule: Any = None
    for who in (AGENT, *further):
        shown = await scene.instance.post("/schedules/preview", wanted, as_=who)
        schedule = (await scene.instance.post("/schedules", {**wanted, "hash": shown["hash"]}, as_=who))["schedule"]
        scene.said(f"schedule {schedule['id']} has a slot at {start} UTC")
    return schedule


async def _delete(scene: Scene, schedule: Any, what: str) -> None:
    await scene.instance.ask("DELETE", f"/schedules/{schedule['id']}?{what}", as_=AGENT, headers={"If-Match": "*"})


async def _schedule_changed(scene: Scene) -> None:
    schedule = await _schedule(scene)
    await _delete(scene, schedule, f"scope=this&occurrence={schedule['rules'][0]['start']}")
    scene.said("it is deleted from the schedule")


async def _schedule_ended(scene: Scene) -> None:
    await _delete(scene, await _schedule(scene), "scope=all")
    scene.said("it has ended")


async def _slot_skipped(scene: Scene) -> None:
    await _schedule(scene, ADMIN)
    scene.said("the second one finds the first in its way: in five minutes its agent is told")


async def _agent(scene: Scene) -> str:
    return str((await scene.instance.get("/me", as_=AGENT))["me"]["agent"]["id"])


async def _blocked(scene: Scene) -> None:
    agent_id = await _agent(scene)
    since = await _now(scene) + timedelta(days=2 * FARTHEST)  # where no slot of this command is
    times = {"from": since.isoformat(), "to": (since + timedelta(hours=1)).isoformat()}
    block = (await scene.instance.post(f"/agents/{agent_id}/blocks", times, as_=AGENT))["block"]
    scene.said(f"block {block['id']} keeps slots out of an hour from {since:%F %R} on")
    await scene.instance.ask("DELETE", f"/agents/{agent_id}/blocks/{block['id']}", as_=AGENT)
    scene.said("it is deleted")


async def _calendar(scene: Scene) -> None:
    calendar = f"/agents/{await _agent(scene)}/calendar"
    await scene.instance.ask("PUT", calendar, {"url": "https://calendars.example.com/triggered.ics"}, as_=AGENT)
    scene.said("the agent has a calendar")
    await scene.instance.ask("DELETE", calendar, as_=AGENT)
    scene.said("and has none again")


RECIPES: Mapping[str, Callable[[Scene], Awaitable[object]]] = {
    EventType.SLOT_MOVED: _moved,
    EventType.PROPERTY_WITHDRAWN: _withdrawn,
    EventType.PROPERTY_RESTORED: _restored,
    EventType.SCHEDULE_CREATED: _schedule,
    EventType.SCHEDULE_CHANGED: _schedule_changed,
    EventType.SCHEDULE_ENDED: _schedule_ended,
    EventType.SCHEDULE_SLOT_SKIPPED: _slot_skipped,
    EventType.BLOCK_CREATED: _blocked,
    EventType.BLOCK_DELETED: _blocked,
    EventType.AGENT_CALENDAR_SET: _calendar,
    EventType.AGENT_CALENDAR_REMOVED: _calendar,
}
