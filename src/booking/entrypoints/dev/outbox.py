"""Outbox of a development instance: all messages that were sent, as a page for people and as JSON for suites.

Without a token, since people open it in a browser. So it is read by this machine alone, and by no page of others: the
Host has to be of this machine (no DNS rebinding), no answer may be read across origins (no CORS), and the browser's
word for the origin of a request (`Sec-Fetch-Site`) has to be this page's own, but for a link that is followed. Under
any other Host an exposed instance wants the admin's token.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import TYPE_CHECKING, Annotated, Any, Protocol, cast

from litestar import MediaType, Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Meta

from booking.domain.notices.email import Email
from booking.domain.people.applicant import LONGEST_EMAIL
from booking.domain.people.contact import Channel
from booking.domain.refusals import Forbidden, NotFound
from booking.entrypoints.dev.outbox_pages import FILE_POLICY, MESSAGE_POLICY, PAGE_POLICY, message_html, page
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.wire import Input, Output

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

    Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
PATH = "/dev/outbox"
LONGEST_WAIT = 20  # seconds
OWN = (None, "same-origin", "none")  # of `Sec-Fetch-Site`: not said, this page's, or typed in by a person


class Sent(Protocol):
    """Message that was sent."""

    @property
    def number(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def sender(self) -> str: ...
    @property
    def email(self) -> Email: ...
    @property
    def source(self) -> bytes: ...
    @property
    def channel(self) -> Channel: ...


class Outbox(Protocol):
    def get(self, number: int) -> Sent | None: ...

    async def find(self, wanted: Callable[[Sent], bool], wait: float = 0) -> Sequence[Sent]:
        """Return the wanted messages, the newest first; the first of them is waited for."""

    def clear(self) -> None: ...


class OutboxQuery(Input):
    to: Annotated[str, Meta(max_length=LONGEST_EMAIL)] | None = None
    kind: Annotated[str, Meta(max_length=64)] | None = None
    after: Annotated[int, Meta(ge=0)] = 0
    wait: Annotated[int, Meta(ge=0, le=LONGEST_WAIT)] = 0


class SentFile(Output):
    name: str
    media_type: str
    url: str


class SentMessage(Output):
    number: int
    at: datetime
    channel: Channel
    kind: str | None
    from_address: str
    from_name: str | None
    to: str
    to_name: str | None
    reply_to: str | None
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    attachments: list[SentFile]
    url: str


class OutboxResponse(Output):
    messages: list[SentMessage]


def of_this_machine(connection: "ASGIConnection[Any, Any, Any, Any]") -> bool:
    """Return whether the Host is this machine's."""
    name, _, port = connection.headers.get("host", "").lower().rpartition(":")
    return name in LOOPBACK and port.isdigit()


def outbox_routes(outbox: Outbox, elsewhere: "Guard") -> Router:
    """Make the routes. `elsewhere` guards requests under a Host that is not this machine's."""

    async def by_this_machine(connection: "ASGIConnection[Any, Any, Any, Any]", handler: "BaseRouteHandler") -> None:
        if not of_this_machine(connection):
            await elsewhere(connection, handler)
        _require_own_page(connection)

    async def found(asked: OutboxQuery) -> Sequence[Sent]:
        to = (asked.to or "").strip().casefold()

        def wanted(one: Sent) -> bool:
            of_kind = asked.kind in (None, one.email.kind)
            return of_kind and one.number > asked.after and to in ("", one.email.to.casefold())

        return await outbox.find(wanted, asked.wait)

    def known(number: int) -> Sent:
        one = outbox.get(number)
        if one is None:
            raise NotFound("there is no such message in the outbox: it may have been emptied")
        return one

    @get(PATH, dependencies={"asked": Query(OutboxQuery)}, media_type=MediaType.HTML)
    async def show(asked: NamedDependency[OutboxQuery]) -> Response[bytes]:
        return _html(page("outbox.html", messages=await found(asked), to=asked.to))

    @get(f"{PATH}.json", dependencies={"asked": Query(OutboxQuery)})
    async def tell(asked: NamedDependency[OutboxQuery]) -> OutboxResponse:
        return OutboxResponse(messages=[_message(one) for one in await found(asked)])

    @get(f"{PATH}/{{number:int}}")
    async def show_message(number: FromPath[int]) -> Response[bytes]:
        one = known(number)
        around = [each.number for each in await outbox.find(lambda _: True)]
        place = around.index(number)
        head = one.source.partition(b"\r\n\r\n")[0].decode()
        return _html(
            page(
                "message.html",
                one=one,
                headers=head.replace("\r\n", "\n"),
                newer=around[place - 1] if place else None,
                older=next(iter(around[place + 1 :]), None),
            )
        )

    @get(f"{PATH}/{{number:int}}/html")
    async def show_html(number: FromPath[int]) -> Response[bytes]:
        return _html(message_html(known(number).email.html), MESSAGE_POLICY)

    @get(f"{PATH}/{{number:int}}/source")
    async def show_source(number: FromPath[int]) -> Response[bytes]:
        return _answer(known(number).source, MediaType.TEXT, FILE_POLICY)

    @get(f"{PATH}/{{number:int}}/attachments/{{place:int}}")
    async def download(number: FromPath[int], place: FromPath[int]) -> Response[bytes]:
        files = known(number).email.attachments
        if not 1 <= place <= len(files):
            raise NotFound("there is no such attachment")
        one = files[place - 1]
        name = "".join(char if char.isascii() and (char.isalnum() or char in "._- ") else "_" for char in one.name)
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return _answer(one.content, one.media_type, FILE_POLICY, disposition)

    @post(f"{PATH}/empty", status_code=303)
    async def empty() -> Redirect:
        outbox.clear()
        return Redirect(PATH, status_code=303)

    @delete(PATH, status_code=204)
    async def clear() -> None:
        outbox.clear()

    return Router(
        "/",
        route_handlers=[show, tell, show_message, show_html, show_source, download, empty, clear],
        guards=[by_this_machine],
    )


def _require_own_page(connection: "ASGIConnection[Any, Any, Any, Any]") -> None:
    """Raise Forbidden for a request that a page of others lets a browser make."""
    site, mode = connection.headers.get("sec-fetch-site"), connection.headers.get("sec-fetch-mode")
    reading = cast("Any", connection.scope)["method"] == "GET"
    followed = mode == "navigate" and reading and connection.headers.get("sec-fetch-dest") == "document"
    origin = connection.headers.get("origin")
    own = origin is None or origin.rpartition("/")[2] == connection.headers.get("host")
    if not followed and not (site in OWN and own):
        raise Forbidden("no page of another origin gets at the outbox")


def _message(one: Sent) -> SentMessage:
    email, url = one.email, f"{PATH}/{one.number}"
    return SentMessage(
        number=one.number,
        at=one.at,
        channel=one.channel,
        kind=email.kind,
        from_address=one.sender,
        from_name=email.from_name,
        to=email.to,
        to_name=email.to_name,
        reply_to=email.reply_to,
        subject=email.subject,
        text=email.text,
        html=email.html,
        headers=_headers(one.source),
        attachments=[
            SentFile(name=file.name, media_type=file.media_type, url=f"{url}/attachments/{place}")
            for place, file in enumerate(email.attachments, 1)
        ],
        url=url,
    )


def _headers(source: bytes) -> dict[str, str]:
    """Return the headers as a reader of mail shows them."""
    found = BytesHeaderParser(policy=compat32).parsebytes(source).items()
    return {name: " ".join(str(make_header(decode_header(value))).split()) for name, value in found}


def _html(body: bytes, policy: str = PAGE_POLICY) -> Response[bytes]:
    return _answer(body, MediaType.HTML, policy)


def _answer(body: bytes, media_type: str, policy: str, more: dict[str, str] | None = None) -> Response[bytes]:
    headers = {"Content-Security-Policy": policy, "Cross-Origin-Resource-Policy": "same-origin"}
    return Response(body, media_type=media_type, headers=headers | (more or {}))
