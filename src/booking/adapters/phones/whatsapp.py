"""WhatsApp by Meta's Cloud API: templates that Meta has approved, and any text within a day after the person wrote."""

from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

from booking.adapters.mail.alarm import Alarm
from booking.adapters.mail.pace import Pace
from booking.config.phone_providers import WhatsAppSettings
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault, HandoverRefused, HandoverUnknown
from booking.domain.notices.short_message import ShortMessage, ShortWords

DEADLINE = httpx.Timeout(10.0, connect=5.0)  # seconds

ADDRESS = {131021, 131026, 131030}
"""Not on WhatsApp, the sender itself, or not allowed in a trial."""
OPTED_OUT = {131050}
DEFERRED = {1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133016}
LOGIN = {0, 3, 10, 190, 131005, *range(200, 300)}
SENDER = {368, 131031, 131042, 131045}
"""Locked, unpaid, or not registered: the operator's to mend."""
TOO_MANY = 429
FAILED = 500
DENIED = (401, 403)

Error = HandoverRefused | HandoverFailed


class WhatsApp:
    """Messages from one number of the operator's."""

    def __init__(self, settings: WhatsAppSettings) -> None:
        self._url = f"{settings.url}/messages"
        self._pace = Pace(settings.limit)
        self._alarm = Alarm("whatsapp", "phone messages failing")
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {settings.token}"}, timeout=DEADLINE, trust_env=False
        )

    def room(self) -> int:
        return self._pace.room()

    async def send(self, message: ShortMessage) -> Handed:
        await self._pace.turn()
        try:
            answer = await self._client.post(self._url, json=_request(message))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise self._told(HandoverFailed(HandoverFault.NOT_CONNECTED)) from None
        except httpx.TimeoutException:
            raise HandoverUnknown(HandoverFault.TIMED_OUT) from None
        except httpx.HTTPError:
            raise HandoverUnknown(HandoverFault.CLOSED) from None
        if answer.is_success:
            return Handed(provider_id=_id(answer.content))
        raise self._told(outcome(answer.status_code, _code(answer.content)))

    async def aclose(self) -> None:
        await self._client.aclose()

    def _told(self, error: Error) -> Error:
        self._alarm.ring(error.fault)
        return error


def outcome(status: int, code: int | None) -> Error:
    """Return the outcome of a refusal, by Meta's code, or else by the status."""
    if code in ADDRESS:
        return HandoverRefused(HandoverFault.ADDRESS_REFUSED)
    if code in OPTED_OUT:
        return HandoverRefused(HandoverFault.OPTED_OUT)
    if code in DEFERRED or status == TOO_MANY or status >= FAILED:
        return HandoverFailed(HandoverFault.DEFERRED)
    if code in SENDER:
        return HandoverFailed(HandoverFault.SENDER_REFUSED)
    if code in LOGIN or status in DENIED:
        return HandoverFailed(HandoverFault.LOGIN_REFUSED)
    return HandoverRefused(HandoverFault.MESSAGE_REFUSED)


def _request(message: ShortMessage) -> Mapping[str, Any]:
    words = message.words
    free = message.free and words.code is None
    content = {"text": {"body": words.text, "preview_url": False}} if free else {"template": _template(words)}
    named = {} if message.reference is None else {"biz_opaque_callback_data": str(message.reference)}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to,
        "type": "text" if free else "template",
        **content,
        **named,
    }


def _template(words: ShortWords) -> Mapping[str, Any]:
    """Return a template with the texts of its places. A code's place has no name, and there is a button to copy it."""
    if words.code is not None:
        place = {"type": "text", "text": words.code}
        button = {"type": "button", "sub_type": "url", "index": "0", "parameters": [place]}
        parts: list[Mapping[str, Any]] = [{"type": "body", "parameters": [place]}, button]
    else:
        places = [{"type": "text", "parameter_name": name, "text": text} for name, text in words.places.items()]
        parts = [{"type": "body", "parameters": places}]
    return {
        "name": words.template,
        "language": {"policy": "deterministic", "code": words.language},
        "components": parts,
    }


def _id(content: bytes) -> str | None:
    """Return Meta's name for a message that it accepted."""
    messages = _member(_decoded(content), "messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    found = _member(first, "id")
    return found if isinstance(found, str) and found else None


def _code(content: bytes) -> int | None:
    found = _member(_member(_decoded(content), "error"), "code")
    return found if isinstance(found, int) else None


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeError):
        return None


def _member(of: Any, name: str) -> Any:
    return of.get(name) if isinstance(of, dict) else None
