"""`booking dev`: everything on one machine, with a demo, and ready to be pasted from."""

import asyncio
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from booking import logs
from booking.adapters.mail.catcher import Catcher, PhoneCatcher
from booking.adapters.postgres.migrations import migrate
from booking.adapters.tokens.verification import tokens_for
from booking.bootstrap import Instance, build, mailer_of, phone_providers_of
from booking.cli.contents import Contents, DevError, minting
from booking.cli.environment import EXPOSE, LOOPBACK, adopt, leave_aws
from booking.cli.page import may_open, page_in_the_background
from booking.cli.welcome import welcome
from booking.config import Settings
from booking.domain.notices.short_message import ShortMessage
from booking.domain.people.contact import Channel
from booking.entrypoints.dev.control import control
from booking.entrypoints.dev.development import Development
from booking.entrypoints.dev.env_file import EnvFile, Format
from booking.entrypoints.dev.outbox import PATH
from booking.entrypoints.dev.people import people_of
from booking.entrypoints.dev.seed import read_seed
from booking.entrypoints.dev.stack import ENV_FILE, Stack, embedded
from booking.entrypoints.http.server.server import Server, listen
from booking.entrypoints.http.web.assets import Assets, built_folder
from booking.entrypoints.http.web.page import WebPage
from booking.service.notices.provider import Mailer, Provider
from booking.service.ports import Tokens

PHONES = (Channel.SMS, Channel.WHATSAPP)
LONG_POLL = 1  # seconds; so that Ctrl-C is quick
CHOSEN = re.compile(
    r"BOOKING_(AUTH|CORS|EVENTS|INBOUND|LIMIT|MAIL|SES|SMS|SMTP|TRACE|TRUSTED|WEB|WEBHOOKS|WHATSAPP)_\w+|AWS_ENDPOINT_URL_(SNS|EVENTS)"
)  # what a developer may set; the rest is the stack's own
OPTIONS = re.compile(r"BOOKING_(HTTP_(HOST|PORT)|LOG_(LEVEL|FORMAT)|METRICS_PORT|WORKERS)$")
UNLESS_CHOSEN = {"BOOKING_LIMIT_WRITES": "0"}  # suites that drive it write more than a person would
PLACEHOLDERS = {"DATABASE_URL": "postgresql://embedded", "BOOKING_AUDIT_SECRET": "-" * 32}


async def dev(
    *,
    host: str,
    port: int,
    data_dir: Path,
    ephemeral: bool,
    without_demo: bool,
    seed: Path | None,
    jwt_secret: str | None,
    jwks_url: str | None,
    env_file: Path | None,
    format: Format,
    log_level: str,
    log_file: Path | None,
) -> int:
    """Run until Ctrl-C or SIGTERM; 0 after an orderly end."""
    exposed = _require_loopback(host)
    chosen = _chosen(jwt_secret, jwks_url)
    Settings.read({"BOOKING_AUTH_HS256_SECRET": "-" * 32} | PLACEHOLDERS | chosen)  # all faults, before anything starts
    contents = Contents(with_demo=not without_demo, seed=None if seed is None else read_seed(seed))
    asked = None if env_file is None else EnvFile(env_file, format)
    if asked is not None:
        asked.check()
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(listen(host, port))
        log = None if log_file is None else stack.enter_context(log_file.open("a", encoding="utf-8"))
        logs.configure(log_level, "console" if log is None and sys.stderr.isatty() else "json", log)
        leave_aws()
        if ephemeral:
            data_dir = Path(tempfile.mkdtemp(prefix="booking-"))
            stack.callback(shutil.rmtree, data_dir, ignore_errors=True)
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        files = [EnvFile(data_dir / ENV_FILE), *([] if asked is None else [asked])]
        servers = await stack.enter_async_context(embedded(data_dir, durable=not ephemeral, described=files))
        await migrate(servers.owner_url, servers.serving_url)
        environment = {**servers.environment, **chosen}
        environment["JWT_SECRET"] = environment["BOOKING_AUTH_HS256_SECRET"]
        adopt(environment)
        base_url = _url(*listener.getsockname()[:2])
        settings = Settings.read({**UNLESS_CHOSEN, "BOOKING_PUBLIC_URL": base_url, **environment})
        tokens = tokens_for(settings.auth)
        stack.push_async_callback(tokens.aclose)
        for file in files:
            stack.callback(file.withdraw)
        provider = mailer_of(settings.mail)
        if provider is not None:
            stack.push_async_callback(provider.aclose)
        phones = phone_providers_of(settings.phones)
        for phone_provider in phones.values():
            stack.push_async_callback(phone_provider.aclose)
        life = _Life(
            servers=servers,
            settings=settings,
            contents=contents,
            variables={"BASE_URL": base_url, "OUTBOX_URL": f"{base_url}{PATH}", **environment},
            files=files,
            provider=provider,
            phone_providers=phones,
            opens=may_open(os.environ, on_request=not ephemeral and env_file is None),
        )
        await life.serve(listener, tokens, exposed=exposed)
    return 0


@dataclass(kw_only=True)
class _Life:
    """Life of an instance: it is filled, described in files, served, and begun anew where that is asked."""

    servers: Stack
    settings: Settings
    contents: Contents
    variables: Mapping[str, str]
    files: Sequence[EnvFile]
    provider: Mailer | None
    phone_providers: Mapping[Channel, Provider[ShortMessage]]
    opens: bool
    prepared: asyncio.Event = field(default_factory=asyncio.Event)
    development: Development[Instance] = field(init=False)
    catcher: Catcher = field(init=False)

    async def serve(self, listener: socket.socket, tokens: Tokens, *, exposed: bool) -> None:
        home = self.servers.secrets.organization_id
        catcher = self.catcher = Catcher(self.settings.sender, self.now, self.provider)
        page = WebPage(Assets(built_folder()), self.settings.web, people=True)
        self.development = Development(
            lambda: build(
                self.settings,
                long_poll=LONG_POLL,
                least_privilege=False,
                loopback=True,
                prepared=self.prepared.is_set,
                providers={Channel.EMAIL: catcher, **{one: self.phone_catcher(one) for one in PHONES}},
                page=page,
            ),
            control(
                organization_id=home,
                tokens=tokens,
                mint=minting(self.settings.auth),
                owner_url=self.servers.owner_url,
                reset=self.reset,
                exposed=exposed,
                outbox=catcher,
                people=people_of(home, with_demo=self.contents.with_demo, seed=self.contents.seed),
            ),
        )
        server = Server(self.development, self.development.drain)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        up = asyncio.create_task(server.up.wait())
        await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if not serving.done():
            try:
                described = await self.prepare(new=self.servers.new)
                sourced = [file.path for file in self.files if file.format == "env"]
                print(welcome(described, sourced[-1], self.settings.auth), flush=True)
            except BaseException:
                server.should_exit = True
                self.development.drain()
                await serving
                raise
            async with page_in_the_background(page, f"{self.variables['BASE_URL']}/app", opens=self.opens):
                await serving
        await serving

    def phone_catcher(self, channel: Channel) -> PhoneCatcher:
        return PhoneCatcher(self.catcher, channel, self.phone_providers.get(channel))

    async def prepare(self, *, new: bool) -> dict[str, str]:
        """Load the contents into the instance, and describe it in the files."""
        instance = self.development.instance
        assert instance is not None
        described = {
            **self.variables,
            **await self.contents.load(instance, self.servers, self.settings.auth, new=new),
        }
        for file in self.files:
            file.write(described)
        self.prepared.set()  # in the same turn of the loop: the files are there first, and at once it is ready
        return described

    async def now(self) -> datetime:
        """Return the time by the instance's clock."""
        assert self.development.instance is not None
        return await self.development.instance.now()

    async def reset(self) -> Mapping[str, str]:
        self.prepared.clear()
        await self.development.end()
        self.catcher.clear()
        await self.servers.new_database()
        await migrate(self.servers.owner_url, self.servers.serving_url)
        await self.development.begin()
        return await self.prepare(new=True)


def _chosen(jwt_secret: str | None, jwks_url: str | None) -> dict[str, str]:
    """Return what the developer has set, by variables and by options, and tell what has no effect."""
    for name in filter(OPTIONS.match, sorted(os.environ)):
        print(f"booking: {name} is not used here: `booking dev --help` says what is instead", file=sys.stderr)
    chosen = {name: value for name, value in os.environ.items() if CHOSEN.fullmatch(name) and value.strip()}
    given = {"BOOKING_AUTH_HS256_SECRET": jwt_secret, "BOOKING_AUTH_JWKS_URL": jwks_url}
    return chosen | {name: value for name, value in given.items() if value is not None}


def _require_loopback(host: str) -> bool:
    """Return whether it is meant to be reached by other machines; DevError where it would be and is not."""
    exposed = os.environ.get(EXPOSE, "").strip() == "1"
    if not exposed and host not in LOOPBACK and not _is_loopback(host):
        raise DevError(
            f"--host {host} can be reached by other machines, which could set its clock and empty its database: "
            f"set {EXPOSE}=1 where that is meant"
        )
    return exposed


def _url(host: str, port: int) -> str:
    """Return how this machine reaches it, also where it listens on every address."""
    address = ip_address(host)
    if address.is_unspecified:
        address = ip_address("::1" if address.version == 6 else "127.0.0.1")
    return f"http://{f'[{address}]' if address.version == 6 else address}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
