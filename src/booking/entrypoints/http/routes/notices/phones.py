"""Phone of the caller over HTTP: a code is sent to it, and proves it."""

from enum import StrEnum
from typing import Annotated

from litestar import post
from litestar.di import NamedDependency
from msgspec import UNSET, Meta, UnsetType

from booking.domain.notices.refusals import PhoneChannelNotConfigured, PhoneRefused, PhoneStopped, TooManyPaidMessages
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.refusals import PhoneCodeInvalid, PhoneMissing, TooManyPhoneCodes, WrongRole
from booking.entrypoints.http.guards import applicants_only
from booking.entrypoints.http.inputs.decoding import Body, no_parameters
from booking.entrypoints.http.routes.people.me import ContactResponse, contact_answer
from booking.entrypoints.http.wire import Input, Output
from booking.service.notices.phones import PhoneService, SentCode


class PhoneChannel(StrEnum):
    SMS = "sms"
    WHATSAPP = "whatsapp"


class SendPhoneCode(Input):
    """Channel of a code; without it, the first that the service has."""

    channel: PhoneChannel | UnsetType = UNSET


class ProvePhone(Input):
    code: Annotated[str, Meta(pattern="^[0-9]{6}(?!\\n)$")]


class PhoneCode(Output):
    channel: PhoneChannel
    phone: str
    expires_in_seconds: int


class PhoneCodeResponse(Output):
    phone_code: PhoneCode


@post(
    "/me/phone/code",
    operation_id="sendPhoneCode",
    status_code=202,
    guards=[applicants_only, no_parameters],
    dependencies={"content": Body(SendPhoneCode, optional=True)},
    opt={
        "refuses": (
            *(WrongRole, PhoneMissing, PhoneRefused, PhoneStopped, PhoneChannelNotConfigured),
            *(TooManyPhoneCodes, TooManyPaidMessages),
        )
    },
)
async def send_phone_code(
    content: NamedDependency[SendPhoneCode], caller: NamedDependency[Caller], phones: NamedDependency[PhoneService]
) -> PhoneCodeResponse:
    channel = None if isinstance(content.channel, UnsetType) else Channel(content.channel)
    return _sent(await phones.send_code(caller, channel))


@post(
    "/me/phone/proof",
    operation_id="provePhone",
    status_code=200,
    guards=[applicants_only, no_parameters],
    dependencies={"content": Body(ProvePhone)},
    opt={"refuses": (WrongRole, PhoneCodeInvalid)},
)
async def prove_phone(
    content: NamedDependency[ProvePhone], caller: NamedDependency[Caller], phones: NamedDependency[PhoneService]
) -> ContactResponse:
    return contact_answer(await phones.prove(caller.showing(contact_answer), content.code))


routes = (send_phone_code, prove_phone)


def _sent(code: SentCode) -> PhoneCodeResponse:
    return PhoneCodeResponse(
        phone_code=PhoneCode(
            channel=PhoneChannel(code.channel),
            phone=code.phone,
            expires_in_seconds=int(code.expires_in.total_seconds()),
        )
    )
