"""Figures of visits over HTTP."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import field

from booking.domain.figures.figures import Row
from booking.domain.figures.periods import ReportGroup
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import ListTooBroad
from booking.entrypoints.http.csv_tables import Table
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.media_types import MediaType, Preferred
from booking.entrypoints.http.wire import Input, Instant, Output, TimeZone
from booking.service.delivery.exports import Zoned
from booking.service.figures.figures import FigureService, Report


class PeriodQuery(Input):
    since: Instant = field(name="from")
    until: Instant = field(name="to")


class FigureQuery(PeriodQuery, kw_only=True):
    time_zone: TimeZone | None = None
    group: ReportGroup = ReportGroup.DAY


class Cancellations(Output):
    total: int
    by_applicant: int
    by_agent: int
    by_screening: int
    unconfirmed: int
    within_24_hours: int
    within_2_hours: int


class WaitlistFigures(Output):
    joined: int
    booked: int


class RatingFigures(Output):
    mean: float
    count: int


class Sums(Output):
    slots: int
    offered: int
    booked: int
    attended: int
    no_show: int
    not_recorded: int
    coming: int
    cancelled: Cancellations
    declined: int
    moved: int
    lead_hours: float | None
    fill: float | None
    waitlist: WaitlistFigures
    rating: RatingFigures | None


class FigureProperty(Output):
    id: UUID
    label: str | None
    area: str | None


class FigureAgent(Output):
    id: UUID
    name: str | None


class FigureRow(Sums):
    """Figures of a group: one of these four is there, by which was asked."""

    date: date | None
    hour: int | None
    property: FigureProperty | None
    agent: FigureAgent | None


class VisitReport(Output):
    organization_id: UUID
    since: Instant = field(name="from")
    until: Instant = field(name="to")
    time_zone: str
    group: ReportGroup
    rows: list[FigureRow]
    total: Sums


def _sums(row: Row) -> dict[str, Any]:
    of = row.figures
    return {
        "slots": of.slots,
        "offered": of.offered,
        "booked": of.booked,
        "attended": of.attended,
        "no_show": of.no_show,
        "not_recorded": of.not_recorded,
        "coming": of.coming,
        "cancelled": Cancellations(
            total=of.cancelled,
            by_applicant=of.by_applicant,
            by_agent=of.by_agent,
            by_screening=of.by_screening,
            unconfirmed=of.unconfirmed,
            within_24_hours=of.within_24_hours,
            within_2_hours=of.within_2_hours,
        ),
        "declined": of.declined,
        "moved": of.moved,
        "lead_hours": of.lead_hours,
        "fill": of.fill,
        "waitlist": WaitlistFigures(joined=of.waited, booked=of.waited_booked),
        "rating": row.rating and RatingFigures(mean=row.rating.mean, count=row.rating.ratings),
    }


def _row(row: Row, group: ReportGroup) -> FigureRow:
    label = row.label
    return FigureRow(
        date=label.key if group in {ReportGroup.DAY, ReportGroup.WEEK} else None,
        hour=label.key if group is ReportGroup.HOUR else None,
        property=FigureProperty(id=label.key, label=label.name, area=label.area)
        if group is ReportGroup.PROPERTY
        else None,
        agent=FigureAgent(id=label.key, name=label.name) if group is ReportGroup.AGENT else None,
        **_sums(row),
    )


TABLE: Table[tuple[Row, ReportGroup]] = Table(
    "visits",
    lambda one: _row(*one),
    *("date", "hour", "time_zone", "property.id", "property.label", "property.area", "agent.id", "agent.name"),
    *("slots", "offered", "booked", "attended", "no_show", "not_recorded", "coming"),
    *("cancelled.total", "cancelled.by_applicant", "cancelled.by_agent", "cancelled.by_screening"),
    *("cancelled.unconfirmed", "cancelled.within_24_hours", "cancelled.within_2_hours"),
    *("declined", "moved", "lead_hours", "fill", "waitlist.joined", "waitlist.booked", "rating.mean", "rating.count"),
)


@get(
    "/reports/visits",
    operation_id="reportVisits",
    guards=[agents_only],
    dependencies={"parameters": Query(FigureQuery), "media_type": Preferred()},
    opt={"refuses": (WrongRole, ListTooBroad)},
)
async def report_visits(
    parameters: NamedDependency[FigureQuery],
    media_type: NamedDependency[MediaType],
    caller: NamedDependency[Caller],
    figures: NamedDependency[FigureService],
) -> VisitReport | Response[bytes]:
    report = await figures.report(
        caller, parameters.group, since=parameters.since, until=parameters.until, time_zone=parameters.time_zone
    )
    if media_type is MediaType.CSV:
        return TABLE.answer([TABLE.write([Zoned(report.time_zone, (row, report.group)) for row in report.rows])])
    return _answer(report)


routes = (report_visits,)


def _answer(report: Report) -> VisitReport:
    return VisitReport(
        organization_id=report.organization_id,
        since=report.period.since,
        until=report.period.until,
        time_zone=report.time_zone,
        group=report.group,
        rows=[_row(row, report.group) for row in report.rows],
        total=Sums(**_sums(report.total)),
    )
