"""Reports of providers about messages that they accepted."""

from typing import Annotated, Any, Literal

from litestar import MediaType, Request, get, post
from litestar.di import NamedDependency
from msgspec import Meta, field

from booking.domain.refusals import (
    InboundNotConfigured,
    InternalError,
    InvalidRequest,
    RateLimited,
    SignatureInvalid,
    Unavailable,
)
from booking.entrypoints.http.inbound.meta_signature import MetaRequests
from booking.entrypoints.http.inbound.signed_requests import REFUSALS
from booking.entrypoints.http.inbound.sns_topic import SnsRequests
from booking.entrypoints.http.inputs.decoding import Query, no_parameters
from booking.entrypoints.http.wire import Input
from booking.entrypoints.messages import ses_reports, whatsapp_reports
from booking.metrics import catalogue
from booking.service.notices.answers import AnswerService
from booking.service.notices.reports import ReportService


class SubscriptionQuery(Input):
    mode: Literal["subscribe"] = field(name="hub.mode")
    verify_token: Annotated[str, Meta(max_length=512)] = field(name="hub.verify_token")
    challenge: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,256}(?!\\n)$")] = field(name="hub.challenge")


@post(
    "/inbound/deliveries/ses",
    operation_id="takeSesReport",
    status_code=204,
    guards=[no_parameters],
    opt={"signed": True, "refuses": REFUSALS},
)
async def take_ses_report(
    request: Request[Any, Any, Any],
    ses: NamedDependency[SnsRequests],
    reports: NamedDependency[ReportService],
) -> None:
    """Save a report of SES. Those of other messages are acknowledged, and counted."""
    published = await ses.receive(request)
    report = None if published is None else ses_reports.decode(published)
    if report is None:
        catalogue.inbound.add(1, ses_reports.SENDER, "unknown")
    else:
        outcome = "registered" if await reports.hear(report) else "repeated"
        catalogue.inbound.add(1, ses_reports.SENDER, outcome)


@get(
    "/inbound/deliveries/whatsapp",
    operation_id="confirmWhatsAppSubscription",
    media_type=MediaType.TEXT,
    dependencies={"parameters": Query(SubscriptionQuery)},
    opt={
        "signed": True,
        "refuses": (InvalidRequest, SignatureInvalid, InboundNotConfigured, RateLimited, InternalError, Unavailable),
    },
)
async def confirm_whatsapp_subscription(
    request: Request[Any, Any, Any],
    parameters: NamedDependency[SubscriptionQuery],
    whatsapp: NamedDependency[MetaRequests],
) -> str:
    """Answer Meta's challenge, if it comes with the operator's word."""
    await whatsapp.addresses.spend(request)
    whatsapp.verifier.confirm(parameters.verify_token)
    return parameters.challenge


@post(
    "/inbound/deliveries/whatsapp",
    operation_id="takeWhatsAppReports",
    status_code=204,
    guards=[no_parameters],
    opt={"signed": True, "refuses": REFUSALS},
)
async def take_whatsapp_reports(
    request: Request[Any, Any, Any],
    whatsapp: NamedDependency[MetaRequests],
    reports: NamedDependency[ReportService],
    phone_answers: NamedDependency[AnswerService],
) -> None:
    """Save reports of Meta, and answers of people. All else is acknowledged, and counted."""
    found, answers = await whatsapp.receive(request)
    request_id = request.scope["state"]["request_id"]
    heard = [await reports.hear(one) for one in found]
    heard += [await phone_answers.hear(one, request_id) for one in answers]
    for new in heard:
        catalogue.inbound.add(1, whatsapp_reports.SENDER, "registered" if new else "repeated")
    if not heard:
        catalogue.inbound.add(1, whatsapp_reports.SENDER, "unknown")


routes = (take_ses_report, confirm_whatsapp_subscription, take_whatsapp_reports)
