"""`booking listen`: a receiver on this machine, with a webhook endpoint of its own for as long as it runs."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from booking.cli.hook_server import Hook, HookServer, Reply
from booking.cli.instance import DevInstance, NoInstance, Refused, dev_instance
from booking.faults import Explained
from booking.logs import printable

DESCRIPTION = "booking listen"
PATIENCE = 9.0  # seconds for an answer that is passed on: the sender waits for ten
LOOKING = 1.0  # seconds between looks whether the app is there
OF_A_HOP = frozenset({b"host", b"connection", b"content-length"})


async def listen(*, forward_to: str | None, types: Sequence[str] | None) -> int:
    """Print each event until Ctrl-C or SIGTERM, and hand it on to a URL."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        instance = await stack.enter_async_context(dev_instance())
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE, trust_env=False))
        listener = _Listener(http, forward_to)
        server = await stack.enter_async_context(HookServer(listener.hear))
        await _delete_left_over(instance)
        created = await _create(instance, server.url, types)
        stack.push_async_callback(_delete, instance, created["id"])
        listener.webhook = Webhook(created["secret"])
        print(f"Listening to {', '.join(types) if types else 'all events'}. Ctrl-C ends it.")
        print(f"Secret: {created['secret']}")
        if forward_to is not None:
            print(f"Forwarding to {forward_to}")
            again = asyncio.create_task(_send_again(instance, created["id"], listener, forward_to))
            stack.callback(again.cancel)
        sys.stdout.flush()
        await ended.wait()
    return 0


async def _send_again(instance: DevInstance, endpoint_id: str, listener: "_Listener", app: str) -> None:
    """Have all that failed sent again once the app is there: by then the endpoint may rest for up to an hour."""
    url = urlsplit(app)
    port = url.port or (443 if url.scheme == "https" else 80)
    while True:
        await listener.without_app.wait()
        while not await _takes_connections(url.hostname, port):  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(LOOKING)
        listener.without_app.clear()
        with suppress(NoInstance, Refused):
            await instance.post(f"/webhook-endpoints/{endpoint_id}/replay", {"failed": True})


async def _takes_connections(host: str | None, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def _create(instance: DevInstance, url: str, types: Sequence[str] | None) -> dict[str, Any]:
    """Create the endpoint; Explained where the instance takes none on this machine."""
    try:
        body = {"url": url, "types": types, "description": DESCRIPTION}
        endpoint: dict[str, Any] = (await instance.post("/webhook-endpoints", body))["webhook_endpoint"]
    except Refused as refused:
        if refused.code == "invalid_request":
            raise Explained(f"only `booking dev` sends to this machine: {refused}") from None
        raise
    return endpoint


async def _delete(instance: DevInstance, endpoint_id: str) -> None:
    """Delete the endpoint; an instance that has ended, or begun anew, has none."""
    with suppress(NoInstance, Refused):
        await instance.ask("DELETE", f"/webhook-endpoints/{endpoint_id}")


async def _delete_left_over(instance: DevInstance) -> None:
    """Delete endpoints of listeners that were killed, or outlived the instance."""
    for endpoint in (await instance.get("/webhook-endpoints"))["webhook_endpoints"]:
        url = urlsplit(endpoint["url"])
        ours = endpoint["description"] == DESCRIPTION
        if ours and url.hostname and url.port and not await _takes_connections(url.hostname, url.port):
            await _delete(instance, endpoint["id"])


class _Listener:
    """Verifies what it hears, prints it, and hands it on."""

    def __init__(self, http: httpx.AsyncClient, forward_to: str | None) -> None:
        self.webhook: Webhook | None = None
        self.without_app = asyncio.Event()
        self._http = http
        self._forward_to = forward_to

    async def hear(self, hook: Hook) -> Reply:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in hook.headers}
        try:
            assert self.webhook is not None
            self.webhook.verify(hook.body, headers, json_parse=False)
            event = msgspec.json.decode(hook.body)
            line = f"{event['type']:<28} {event['subject']}  signature verified"
        except (WebhookVerificationError, ValueError, LookupError, TypeError, AssertionError) as error:
            _say(f"not verified: {error or type(error).__name__}")
            return Reply(401, b"not verified")
        reply, outcome = await self._forwarded(hook)
        _say(line + outcome)
        return reply

    async def _forwarded(self, hook: Hook) -> tuple[Reply, str]:
        """Hand on body and headers unchanged; return the answer, and a few words about it."""
        if self._forward_to is None:
            return Reply(204), ""
        headers = [(name, value) for name, value in hook.headers if name.lower() not in OF_A_HOP]
        try:
            answer = await self._http.post(self._forward_to, content=hook.body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if isinstance(error, httpx.ConnectError):
                self.without_app.set()
            return Reply(502, b"not reached"), f"  not forwarded: {type(error).__name__}"
        return Reply(answer.status_code, answer.content), f"  forwarded: {answer.status_code}"


def _say(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S}  {printable(line)}", flush=True)
