"""Agents in memory, as their colleagues see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.paging import EPOCH, Page, Paging, Window
from booking.domain.people import events
from booking.domain.people.agent import Colleague, Profile, role_of
from booking.domain.people.applicant import folded
from booking.domain.people.refusals import AgentNotFound
from booking.domain.values import replace
from tests.fakes.state import AgentRow, State, page_of


@dataclass(frozen=True, slots=True)
class MemoryColleagues:
    state: State

    async def of_organization(
        self, organization_id: UUID, *, q: str | None, inactive: bool, paging: Paging
    ) -> Page[Colleague]:
        found = (
            one
            for one in map(_colleague, self.state.agents.values())
            if one.organization_id == organization_id
            and (inactive or one.active)
            and folded(q or "") in folded("\n".join(filter(None, (one.profile.name, one.profile.email))))
        )
        return page_of(found, lambda one: (EPOCH, one.id), Window(), paging)

    async def get(self, key: Key) -> Colleague | None:
        found = self.state.agent(key)
        return _colleague(found) if found else None

    async def change_profile(self, said: Mapping[str, str | None], by: AgentRight) -> Profile:
        actor, row = self.state.actor(by), self.state.agent(by.key)
        assert row is not None
        if said:
            row.profile = replace(row.profile, **said)
            self.state.record(events.agent_profile_changed(*by.key, actor))
        return row.profile

    async def set_shut_out(self, key: Key, by: AgentRight, *, shut_out: bool) -> Colleague:
        actor, row = self.state.actor(by), self.state.agent(key)
        if row is None:
            raise AgentNotFound
        had = role_of(*row.roles)
        row.shut_out = shut_out
        if shut_out:
            self.state.end_feeds(key)
            self.state.end_calendar(key)
            self.state.wake_schedules(key)
        if event := events.agent_became(*key, had, role_of(*row.roles), actor):
            self.state.record(event)
        return _colleague(row)


def _colleague(row: AgentRow) -> Colleague:
    return Colleague(
        id=row.id,
        organization_id=row.organization_id,
        role=row.claimed_role or row.provisioned_role,
        shut_out=row.shut_out,
        created_at=row.created_at,
        profile=row.profile,
    )
