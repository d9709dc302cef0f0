"""People on the wire: applicants, and whoever asks."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.entrypoints.http.api.wire import Instant, Output, RowsQuery, Text


class ApplicantQuery(RowsQuery):
    q: Annotated[Text, Meta(min_length=1, max_length=200)] | None = None
    eligible: bool | None = None


class Applicant(Output):
    id: UUID
    external_id: UUID
    name: str
    email: str
    risk_level: RiskLevel
    eligible: bool
    screened_at: Instant
    linked: bool


class ApplicantPage(Output):
    applicants: list[Applicant]
    next_cursor: str | None


class MeAgent(Output):
    id: UUID
    organization_id: UUID
    role: AgentRole


class MeApplicant(Output):
    id: UUID
    organization_id: UUID
    eligible: bool


class Me(Output):
    subject: str
    email: str | None
    agent: MeAgent | None
    applicants: list[MeApplicant]


class MeResponse(Output):
    me: Me
