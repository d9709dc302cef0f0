"""Figures of visits, for agents: their own, and all of the organization for admins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking import time_zones
from booking.domain.fault import Fault, FaultCode
from booking.domain.figures import ratings
from booking.domain.figures.figures import Figures, Label, OfId, Row, total
from booking.domain.figures.periods import LONGEST, Period, ReportGroup, Span, months, spans
from booking.domain.figures.ratings import Rated, Rating
from booking.domain.people.agent import Agent
from booking.domain.people.caller import Caller
from booking.domain.people.names import UTC
from booking.domain.refusals import InvalidRequest, ListTooBroad
from booking.domain.values import Value
from booking.service.delivery.exports import MOST_EXPORTED, TOO_MANY
from booking.service.people.organizations import Organizations


class Chosen(Value, kw_only=True):
    """Visits whose figures are asked for; None: of all agents, at all properties."""

    organization_id: UUID
    period: Period
    agent_id: UUID | None = None
    property_id: UUID | None = None


class VisitFigures(Protocol):
    async def by_time(self, chosen: Chosen, spans: Sequence[Span]) -> Mapping[object, Figures]:
        """Return the sums by the key of their spans; spans without a cell are left out."""

    async def by_property(self, chosen: Chosen, most: int) -> Sequence[OfId]:
        """Return the sums of properties, the busiest first."""

    async def by_agent(self, chosen: Chosen, most: int) -> Sequence[OfId]:
        """Return the sums of agents, the busiest first."""

    async def ratings(self, organization_id: UUID, months: Sequence[datetime], until: datetime) -> Sequence[Rated]:
        """Return the ratings of the months that begin then: all in all, of properties and of agents."""


class Report(Value, kw_only=True):
    """Figures by groups, and their sum."""

    organization_id: UUID
    period: Period
    time_zone: str
    group: ReportGroup
    rows: Sequence[Row]
    total: Row


@dataclass(frozen=True, slots=True)
class FigureService:
    figures: VisitFigures
    organizations: Organizations
    most: int = MOST_EXPORTED

    async def report(
        self, caller: Caller, group: ReportGroup, *, since: datetime, until: datetime, time_zone: str | None
    ) -> Report:
        """Return the figures of an agent's own visits; for an admin, of the organization's."""
        agent = caller.as_agent()
        period = within(since, until)
        home = (await self.organizations.get(agent.organization_id)).time_zone or UTC
        chosen = Chosen(organization_id=agent.organization_id, period=period, agent_id=caller.whose(None))
        rows = await self._rows(chosen, group, time_zone or home)
        rated = await self._rated(chosen, home)
        shown = {} if group not in _RATED or not _may(agent, group) else ratings.shown(rated, _RATED[group])
        rows = [Row(label=one.label, figures=one.figures, rating=shown.get(one.label.key)) for one in rows]
        return Report(
            organization_id=agent.organization_id,
            period=period,
            time_zone=time_zone or home,
            group=group,
            rows=rows,
            total=Row(label=Label(key=None), figures=total(one.figures for one in rows), rating=_of_all(agent, rated)),
        )

    async def _rows(self, chosen: Chosen, group: ReportGroup, time_zone: str) -> Sequence[Row]:
        if group in _RATED:
            ask = self.figures.by_property if group is ReportGroup.PROPERTY else self.figures.by_agent
            found = await ask(chosen, self.most + 1)
            if len(found) > self.most:
                raise ListTooBroad(TOO_MANY)
            return [Row(label=Label(key=one.id, name=one.name, area=one.area), figures=one.figures) for one in found]
        parts = spans(chosen.period, group, time_zones.zone(time_zone))
        by_key = await self.figures.by_time(chosen, parts)
        keys = sorted({one.key for one in parts})
        return [Row(label=Label(key=key), figures=by_key.get(key, Figures())) for key in keys]

    async def _rated(self, chosen: Chosen, home: str) -> Sequence[Rated]:
        """Return the ratings of whole months in the organization's zone. Why not another: months that overlap by hours
        would tell of the few people in between."""
        begins = months(chosen.period, time_zones.zone(home))
        return await self.figures.ratings(chosen.organization_id, begins, chosen.period.until) if begins else ()


def within(since: datetime, until: datetime) -> Period:
    """Return the period; InvalidRequest unless it has some time, and no more than a year."""
    if until <= since:
        raise InvalidRequest([_to("must be after `from`")])
    if until - since > LONGEST:
        raise InvalidRequest([_to("must be at most 366 days after `from`")])
    return Period.around(since, until)


_RATED = {ReportGroup.PROPERTY: "property_id", ReportGroup.AGENT: "agent_id"}


def _to(detail: str) -> Fault:
    return Fault(pointer="#/to", parameter="to", code=FaultCode.OUT_OF_RANGE, detail=detail)


def _may(agent: Agent, group: ReportGroup) -> bool:
    """A property's rating is of all its agents, so a member sees none."""
    return agent.is_admin or group is ReportGroup.AGENT


def _of_all(agent: Agent, rated: Sequence[Rated]) -> Rating | None:
    return ratings.all_in_all(rated) if agent.is_admin else ratings.shown(rated, "agent_id").get(agent.id)
