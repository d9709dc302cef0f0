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
from booking.domain.people.caller import Caller
from booking.domain.people.names import UTC
from booking.domain.refusals import InvalidRequest, ListTooBroad
from booking.domain.values import Value, replace
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
        rows, zone = await self.rows(chosen, group, time_zone or home), time_zone or home
        shown = await self.ratings(caller, chosen, group, home)
        rows = [replace(one, rating=shown.get(one.label.key)) for one in rows]
        whole = Row(label=Label(key=None), figures=total(one.figures for one in rows), rating=shown.get(None))
        return Report(
            organization_id=agent.organization_id, period=period, time_zone=zone, group=group, rows=rows, total=whole
        )

    async def rows(self, chosen: Chosen, group: ReportGroup, time_zone: str) -> Sequence[Row]:
        """Return a row for each span of time, or for each property or agent there is; ListTooBroad."""
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

    async def ratings(
        self, caller: Caller, chosen: Chosen, group: ReportGroup, home: str
    ) -> Mapping[object, Rating | None]:
        """Return the ratings to show by property or agent, and by None that of all, or of a member's own visits.

        Why in the organization's zone alone: months that overlap by hours would tell of the few people in between.
        """
        begins = months(chosen.period, time_zones.zone(home))
        if not begins:
            return {}
        agent = caller.as_agent()
        rated = await self.figures.ratings(chosen.organization_id, begins, chosen.period.until)
        by_agent = ratings.shown(rated, "agent_id")
        if not agent.is_admin:  # a property's rating is of all its agents
            return {**(by_agent if group is ReportGroup.AGENT else {}), None: by_agent.get(agent.id)}
        return {**(ratings.shown(rated, _RATED[group]) if group in _RATED else {}), None: ratings.all_in_all(rated)}


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
