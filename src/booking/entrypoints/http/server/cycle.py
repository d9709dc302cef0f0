"""One request and its answer, as uvicorn has them; but the body comes in time, and a whole answer leaves in one write.

Each write is a call into the system, and wakes whoever waits for it.
"""

import asyncio
import time
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from booking.domain.refusals import MalformedRequest, RequestTimeout

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent, ASGISendEvent, HTTPResponseBodyEvent, HTTPResponseStartEvent

BODY_WITHIN = 10.0  # seconds from the end of the headers, or of the answer before, to the end of the body
CLOSE = b"connection: close\r\n"
CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code != ord("\t"))  # what no header may have (RFC 9110, 5.5)


class Cycle(RequestResponseCycle):
    """What has no length, or comes in parts, goes uvicorn's way."""

    begun: "HTTPResponseStartEvent | None" = None
    body_by = 0.0
    whole = False

    def start(self) -> None:
        """It is this one's turn."""
        self.body_by = time.monotonic() + BODY_WITHIN

    async def receive(self) -> "ASGIReceiveEvent":
        """RequestTimeout where the body has not arrived by then; after it, waiting for the caller to go has no end.

        MalformedRequest where the caller goes before: nobody will read it, but it is no fault of ours.
        """
        if self.whole or self.message_event.is_set():
            message = await super().receive()
        else:
            try:
                async with asyncio.timeout_at(self.body_by):
                    message = await super().receive()
            except TimeoutError as error:
                raise RequestTimeout from error
        if not self.whole and message["type"] == "http.disconnect":
            raise MalformedRequest("the caller went before the body was whole")
        self.whole = message["type"] != "http.request" or not message["more_body"]
        return message

    async def send(self, message: "ASGISendEvent") -> None:
        if message["type"] == "http.response.start" and self.begun is None and not self.response_started:
            self.begun = message
            return
        begun, self.begun = self.begun, None
        if begun is None:
            await super().send(message)
        elif message["type"] == "http.response.body" and self._is_whole(begun, message):
            self._answer(begun, message["body"])
        else:
            await super().send(begun)
            await super().send(message)

    def _is_whole(self, begun: "HTTPResponseStartEvent", message: "HTTPResponseBodyEvent") -> bool:
        return (
            not message.get("more_body")
            and not self.flow.write_paused
            and self.scope["method"] != "HEAD"
            and (b"content-length", b"%d" % len(message.get("body", b""))) in begun["headers"]
        )

    def _answer(self, begun: "HTTPResponseStartEvent", body: bytes) -> None:
        """RuntimeError where a header would break out of its line."""
        if self.disconnected:
            return
        self.response_started = True
        headers = [*self.default_headers, *begun["headers"]]
        head = b"".join([name + b": " + value + b"\r\n" for name, value in headers])
        if len(head.translate(None, CONTROLS)) != len(head) - 2 * len(headers):
            raise RuntimeError("a header of the answer has a control character")
        if b"\n" + CLOSE in b"\n" + head:
            self.keep_alive = False
        elif not self.keep_alive:
            head += CLOSE
        self.transport.write(b"".join((STATUS_LINE[begun["status"]], head, b"\r\n", body)))
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
