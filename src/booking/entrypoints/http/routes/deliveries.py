"""Reports of providers about messages that they accepted."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency

from booking import metrics
from booking.domain.refusals import (
    BodyTooLarge,
    InboundNotConfigured,
    InternalError,
    InvalidRequest,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    SignatureInvalid,
    Unavailable,
)
from booking.entrypoints import ses_reports
from booking.entrypoints.http.address_limit import AddressLimit
from booking.entrypoints.http.decoding import no_parameters
from booking.entrypoints.http.signed_requests import bounded_body
from booking.entrypoints.http.sns_topic import SnsTopic
from booking.service.notices.reports import ReportService

SES = "ses"


@post(
    "/inbound/deliveries/ses",
    operation_id="takeSesReport",
    status_code=204,
    guards=[no_parameters],
    opt={
        "signed": True,
        "refuses": (
            *(InvalidRequest, SignatureInvalid, InboundNotConfigured, RequestTimeout, BodyTooLarge, RateLimited),
            *(InternalError, Unavailable, OutcomeUnknown),
        ),
    },
)
async def take_ses_report(
    request: Request[Any, Any, Any],
    ses_topic: NamedDependency[SnsTopic | None],
    addresses: NamedDependency[AddressLimit],
    reports: NamedDependency[ReportService],
) -> None:
    """Save a report of SES. Those of other messages are acknowledged, and counted."""
    if ses_topic is None:
        raise InboundNotConfigured("ask its operator for BOOKING_SES_TOPIC")
    await addresses.spend(request)
    try:
        published = await ses_topic.read(await bounded_body(request))
    except SignatureInvalid:
        metrics.inbound(SES, "refused")
        raise
    report = None if published is None else ses_reports.decode(published)
    if report is None:
        metrics.inbound(SES, "unknown")
    else:
        metrics.inbound(SES, "registered" if await reports.hear(report) else "repeated")


routes = (take_ses_report,)
