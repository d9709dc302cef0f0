"""Agents and applicants in memory, and whose logins they are."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.adapters.ids import new_id
from booking.domain.delivery.inbound import InboundMessage
from booking.domain.events import OPERATOR, Actor
from booking.domain.idempotency import Answer
from booking.domain.paging import EPOCH, Page, Paging, Window
from booking.domain.people import events
from booking.domain.people.agent import Agent, AgentEntry, AgentRole, Profile, followed, role_of
from booking.domain.people.applicant import Applicant, Screening, folded, to_link
from booking.domain.people.caller import Agency, Claims, Identity
from booking.domain.people.contact import Contact
from booking.domain.people.refusals import AgentNotFound, ApplicantNotFound
from booking.domain.values import replace
from booking.domain.visits.booking import SCREENING_CHANGED
from booking.service.people.applicants import Repeated
from tests.fakes.state import AgentRow, State, page_of


@dataclass(frozen=True, slots=True)
class MemoryLogins:
    state: State

    async def of(self, claims: Claims, request_id: str | None) -> Identity:
        agent = self._agent(claims, request_id)
        by = Actor(subject=claims.subject, role="applicant", request_id=request_id)
        for applicant in to_link(self._found(claims), claims.subject):
            linked = replace(applicant, user_id=claims.subject)
            self.state.applicants[applicant.organization_id, applicant.id] = linked
            self.state.record(events.applicant_linked(linked, by))
        return Identity(agent, tuple(one for one in self._found(claims) if one.user_id == claims.subject))

    def _agent(self, claims: Claims, request_id: str | None) -> Agent | None:
        agency = claims.agency

        def by(role: str) -> Actor:
            return Actor(subject=claims.subject, role=role, request_id=request_id)

        _set_role(self.state, "claimed_role", claims.subject, agency, by, claims)
        if agency is not None:
            claimed = self.state.agents.get((agency.organization_id, claims.subject))
            if (
                claimed is None or claimed.shut_out or claimed.claimed_role is not agency.role
            ):  # a later token says otherwise
                return None
            return Agent(id=claimed.id, organization_id=claimed.organization_id, role=agency.role)
        for row in self.state.agents.values():
            if row.subject == claims.subject and row.provisioned_role is not None and not row.shut_out:
                return Agent(id=row.id, organization_id=row.organization_id, role=row.provisioned_role)
        return None

    def _found(self, claims: Claims) -> tuple[Applicant, ...]:
        email = claims.vouched_email
        return tuple(
            applicant
            for key, applicant in sorted(self.state.applicants.items(), key=lambda item: item[1].id)
            if applicant.user_id == claims.subject
            or (
                email is not None
                and applicant.user_id is None
                and not applicant.erased
                and folded(applicant.email) == folded(email)
                and (key, claims.subject) not in self.state.former_logins
            )
        )


@dataclass(frozen=True, slots=True)
class MemoryAgents:
    state: State

    async def provision(self, subject: str, organization_id: UUID, role: AgentRole) -> Agent:
        agency = Agency(organization_id=organization_id, role=role)
        _set_role(self.state, "provisioned_role", subject, agency, lambda _: OPERATOR)
        row = self.state.agents[organization_id, subject]
        return Agent(id=row.id, organization_id=organization_id, role=role)

    async def remove(self, subject: str) -> bool:
        return _set_role(self.state, "provisioned_role", subject, None, lambda _: OPERATOR)

    async def erase(self, organization_id: UUID, agent_id: UUID) -> None:
        row = self.state.agent((organization_id, agent_id))
        if row is None:
            raise AgentNotFound("there is no such agent in that organization")
        self.state.forget_notices(row.organization_id, row.id, row.profile.email)
        self.state.end_feeds((organization_id, agent_id))
        self.state.end_calendar((organization_id, agent_id))
        self.state.wake_schedules((organization_id, agent_id))
        self.state.end_blocks((organization_id, agent_id))
        had, row.shut_out, row.profile = role_of(*row.roles), True, Profile()
        if event := events.agent_became(organization_id, agent_id, had, None, OPERATOR):
            self.state.record(event)
        if not row.erased:
            row.erased = True
            self.state.record(events.agent_erased(organization_id, agent_id, OPERATOR))
        for kept, (at, fingerprints, answer) in self.state.answers.items():
            about = "/agents/" in kept[2] and str(agent_id).encode() in answer.body
            if kept[0] == organization_id and (about or (kept[1] == row.subject and kept[2].endswith("/me/profile"))):
                wordless = replace(answer, body=PROFILE.sub(rb'"\1":null', answer.to_keep), kept_body=None)
                self.state.answers[kept] = at, fingerprints, wordless

    async def entries(self, organization_id: UUID | None) -> Sequence[AgentEntry]:
        found = [
            AgentEntry(
                id=row.id,
                organization_id=row.organization_id,
                subject=row.subject,
                claimed_role=row.claimed_role,
                provisioned_role=row.provisioned_role,
                name=row.profile.name,
            )
            for row in self.state.agents.values()
            if organization_id in (None, row.organization_id) and not row.shut_out
        ]
        return sorted((entry for entry in found if entry.role), key=lambda entry: entry.id)


@dataclass(frozen=True, slots=True)
class MemoryApplicants:
    state: State

    async def of_organization(
        self, organization_id: UUID, *, q: str | None, eligible: bool | None, paging: Paging
    ) -> Page[Applicant]:
        wanted = folded(q or "")
        found = (
            applicant
            for applicant in self.state.applicants.values()
            if applicant.organization_id == organization_id
            and not applicant.erased
            and eligible in (None, applicant.eligible)
            and (wanted in folded(applicant.name) or wanted in folded(applicant.email))
        )
        return page_of(found, lambda applicant: (EPOCH, applicant.id), Window(), paging)

    async def by_email(self, email: str, organization_id: UUID | None) -> Sequence[Applicant]:
        found = [
            one
            for one in self.state.applicants.values()
            if organization_id in (None, one.organization_id) and not one.erased and folded(one.email) == folded(email)
        ]
        return sorted(found, key=lambda one: one.id)

    async def register(self, screening: Screening, by: Actor, message: InboundMessage | None = None) -> Applicant:
        at = self.state.clock()
        before = next((one for one in self.state.applicants.values() if _same_person(one, screening)), None)
        if message is not None:
            noted = (screening.organization_id, message)
            if noted in self.state.inbound:
                raise Repeated(before)
            self.state.inbound[noted] = at
        if before is None:
            after = Applicant.first_screened(screening, id=new_id(), at=at)
        else:
            after = before.screened(screening, at=at)
        key = (after.organization_id, after.id)
        self.state.applicants[key] = after
        if not after.eligible:
            self.state.end_links(key)
            self.state.end_watches(key)
        if after is not before and (screening.phone or screening.locale):
            self.state.contacts[key] = self.state.contacts.pop(key, Contact()).screened(screening)
        if event := events.applicant_screened(before, after, by):
            self.state.record(event)
        return after

    async def unlink(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        key = (organization_id, applicant_id)
        applicant = self.state.applicants.get(key)
        if applicant is None or applicant.user_id is None:
            raise ApplicantNotFound("there is no such applicant with a login in that organization")
        self.state.former_logins.add((key, applicant.user_id))
        self.state.applicants[key] = unlinked = replace(applicant, user_id=None)
        if key in self.state.contacts:
            self.state.contacts[key] = replace(self.state.contacts[key], proved_phone=None)
        self.state.end_links(key)
        self.state.end_watches(key)
        self.state.end_feeds(key)
        self.state.record(events.applicant_unlinked(unlinked, by))
        return unlinked

    async def erase(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        key = (organization_id, applicant_id)
        before = self.state.applicants.get(key)
        if before is None:
            raise ApplicantNotFound("there is no such applicant in that organization")
        if not before.erased:
            phone = self.state.contacts.get(key, Contact()).phone
            self.state.forget_notices(before.organization_id, before.id, before.email, phone)
            self.state.applicants[key] = gone = before.erase()
            self.state.record(events.applicant_erased(gone, by))
        self.state.end_links(key)
        self.state.end_watches(key)
        self.state.contacts.pop(key, None)
        self.state.wrote_at.pop(key, None)
        self.state.phone_codes = [one for one in self.state.phone_codes if one[0] != key]
        self.state.end_feeds(key)
        self.state.former_logins = {taken for taken in self.state.former_logins if taken[0] != key}
        for booking_key, booking in self.state.bookings.items():
            if (booking.organization_id, booking.applicant_id) == key:
                self.state.bookings[booking_key] = replace(
                    booking,
                    notes="",
                    reason=booking.reason if booking.reason == SCREENING_CHANGED else None,
                    feedback=booking.feedback and replace(booking.feedback, comment=""),
                )
        for kept, (at, fingerprints, answer) in self.state.answers.items():
            if self._told_of(before, kept, answer):
                nameless = WORDS.sub(rb'"\1":""', answer.to_keep)
                wordless = replace(answer, body=REACHED.sub(rb'"\1":null', nameless), kept_body=None)
                self.state.answers[kept] = at, fingerprints, wordless
        return before

    def _told_of(self, person: Applicant, kept: tuple[UUID, str, str, str], answer: Answer) -> bool:
        """Whether a kept answer names a person, or was given to a login which is nobody else's."""
        own, named = kept[1] == person.user_id, str(person.id).encode() in answer.body
        logins = {one.user_id for one in self.state.applicants.values()} | {who for _, who in self.state.agents}
        return (named and kept[0] == person.organization_id) or (own and (named or person.user_id not in logins))


PROFILE = re.compile(rb'"(name|email|phone|locale|photo_url|reason)":"(?:[^"\\]|\\.)*"')
WORDS = re.compile(rb'"(notes|reason|comment|name|email)":"(?:[^"\\]|\\.)*"')
REACHED = re.compile(rb'"(phone|locale)":"(?:[^"\\]|\\.)*"')


def _same_person(applicant: Applicant, screening: Screening) -> bool:
    return (applicant.organization_id, applicant.external_id) == (screening.organization_id, screening.external_id)


def _set_role(
    state: State,
    source: str,
    subject: str,
    agency: Agency | None,
    by: Callable[[str], Actor],
    claims: Claims | None = None,
) -> bool:
    """Whether any row has, or had, such a role; nothing is done where a later token has said what holds."""
    issued_at = claims.issued_at if claims else None
    known = [row.claimed_at for row in state.agents.values() if row.subject == subject and row.claimed_at]
    if issued_at is not None and known and max(known) > issued_at:
        return False
    roles: dict[UUID, AgentRole | None] = {
        row.organization_id: None
        for row in state.agents.values()
        if row.subject == subject and (getattr(row, source) or (claims and agency is None and row.provisioned_role))
    }
    if agency is not None:
        roles[agency.organization_id] = agency.role
    for organization_id, role in roles.items():
        key = (organization_id, subject)
        row = state.agents.setdefault(key, AgentRow(id=new_id(), organization_id=organization_id, subject=subject))
        was = role_of(*row.roles)
        setattr(row, source, role)
        if claims is None and role is not None:
            row.shut_out = False
        row.claimed_at = issued_at or row.claimed_at
        now = role_of(*row.roles)
        if claims is not None and now is not None and not row.erased:
            row.profile = replace(row.profile, **followed(row.profile, name=claims.name, email=claims.vouched_email))
        if now is None:
            state.end_feeds((organization_id, row.id))
            state.end_calendar((organization_id, row.id))
            state.wake_schedules((organization_id, row.id))
        if event := events.agent_became(organization_id, row.id, was, now, by(now or was or "")):
            state.record(event)
    return bool(roles)
