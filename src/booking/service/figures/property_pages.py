"""Pages of properties' figures: for an admin of all visits there, for a member of own ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking.domain.figures.figures import total
from booking.domain.figures.periods import ReportGroup
from booking.domain.figures.property_page import PropertyFacts, group_of
from booking.domain.notices.facts import AgencyFacts
from booking.domain.notices.page import Page
from booking.domain.people.caller import Caller
from booking.domain.properties.refusals import PropertyNotFound
from booking.service.figures.figures import Chosen, FigureService, within
from booking.service.ports import Clock, Directory
from booking.service.properties.properties import Properties


class PropertyPageWriter(Protocol):
    async def write(self, facts: PropertyFacts) -> Page:
        """Write the page in the first language that there are texts for, or else in English."""


@dataclass(frozen=True, slots=True)
class PropertyPageService:
    figures: FigureService
    properties: Properties
    directory: Directory
    writer: PropertyPageWriter
    now: Clock

    async def write(
        self, caller: Caller, property_id: UUID, *, since: datetime, until: datetime, languages: Sequence[str]
    ) -> Page:
        """Write the page, with times in the property's time zone, or else the organization's, or UTC."""
        agent, period = caller.as_agent(), within(since, until)
        home = await self.properties.get((agent.organization_id, property_id))
        if home is None:
            raise PropertyNotFound
        agency = AgencyFacts.of(await self.figures.organizations.get(agent.organization_id))
        names = await self.directory.names(agent.organization_id, property_id, agent.id)
        chosen = Chosen(
            organization_id=agent.organization_id,
            period=period,
            agent_id=caller.whose(None),
            property_id=property_id,
        )
        time_zone, group = home.time_zone or agency.time_zone, group_of(period)
        times = await self.figures.rows(chosen, group, time_zone)
        ratings = await self.figures.ratings(caller, chosen, ReportGroup.PROPERTY, agency.time_zone)
        facts = PropertyFacts(
            languages=[*languages, *([agency.locale] if agency.locale else [])],
            agency=agency,
            label=home.label,
            area=home.area,
            agent=None if agent.is_admin else names.agent,
            time_zone=time_zone,
            period=period,
            at=await self.now(),
            group=group,
            times=times,
            hours=await self.figures.rows(chosen, ReportGroup.HOUR, time_zone),
            total=total(one.figures for one in times),
            rating=ratings.get(property_id),
        )
        return await self.writer.write(facts)
