"""Reports of providers about messages that they accepted."""

from typing import Annotated, Any, Literal

from litestar import MediaType, Request, get, post
from litestar.di import NamedDependency
from msgspec import Meta, field

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
from booking.entrypoints import ses_reports, whatsapp_reports
from booking.entrypoints.http.address_limit import AddressLimit
from booking.entrypoints.http.decoding import Query, no_parameters
from booking.entrypoints.http.meta_signature import MetaSignature
from booking.entrypoints.http.signed_requests import bounded_body
from booking.entrypoints.http.sns_topic import SnsTopic
from booking.entrypoints.http.wire import Input
from booking.service.notices.answers import AnswerService
from booking.service.notices.reports import ReportService

SES = "ses"
WHATSAPP = "whatsapp"
LARGEST = 256 * 1024
"""Bytes of a notification of Meta, which may have many reports."""


class SubscriptionQuery(Input):
    mode: Literal["subscribe"] = field(name="hub.mode")
    verify_token: Annotated[str, Meta(max_length=512)] = field(name="hub.verify_token")
    challenge: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,256}(?!\\n)$")] = field(name="hub.challenge")


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


@get(
    "/inbound/deliveries/whatsapp",
    operation_id="confirmWhatsAppSubscription",
    media_type=MediaType.TEXT,
    dependencies={"parameters": Query(SubscriptionQuery)},
    opt={
        "signed": True,
        "refuses": (
            *(InvalidRequest, SignatureInvalid, InboundNotConfigured, RateLimited, InternalError, Unavailable),
        ),
    },
)
async def confirm_whatsapp_subscription(
    request: Request[Any, Any, Any],
    parameters: NamedDependency[SubscriptionQuery],
    meta_signature: NamedDependency[MetaSignature | None],
    addresses: NamedDependency[AddressLimit],
) -> str:
    """Answer Meta's challenge, if it comes with the operator's word."""
    await addresses.spend(request)
    _configured(meta_signature).confirm(parameters.verify_token)
    return parameters.challenge


@post(
    "/inbound/deliveries/whatsapp",
    operation_id="takeWhatsAppReports",
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
async def take_whatsapp_reports(
    request: Request[Any, Any, Any],
    meta_signature: NamedDependency[MetaSignature | None],
    addresses: NamedDependency[AddressLimit],
    reports: NamedDependency[ReportService],
    phone_answers: NamedDependency[AnswerService],
) -> None:
    """Save reports of Meta, and answers of people. All else is acknowledged, and counted."""
    signature = _configured(meta_signature)
    await addresses.spend(request)
    body = await bounded_body(request, LARGEST)
    try:
        signature.verify(request.scope["headers"], body)
    except SignatureInvalid:
        metrics.inbound(WHATSAPP, "refused")
        raise
    found, answers = whatsapp_reports.decode(body, signature.number_id)
    request_id = request.scope["state"]["request_id"]
    heard = [await reports.hear(one) for one in found]
    heard += [await phone_answers.hear(one, request_id) for one in answers]
    for new in heard:
        metrics.inbound(WHATSAPP, "registered" if new else "repeated")
    if not heard:
        metrics.inbound(WHATSAPP, "unknown")


routes = (take_ses_report, confirm_whatsapp_subscription, take_whatsapp_reports)


def _configured(signature: MetaSignature | None) -> MetaSignature:
    if signature is None:
        raise InboundNotConfigured("ask its operator for BOOKING_WHATSAPP_URL")
    return signature
