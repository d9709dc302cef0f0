"""`booking dev`: everything on one machine, with a demo, and ready to be pasted from."""

import asyncio
import os
import shutil
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from booking import logs
from booking.adapters.minting import mint
from booking.adapters.postgres.migrations import migrate
from booking.bootstrap import Instance, build
from booking.config import Settings
from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.domain.caller import Agency
from booking.domain.paging import Paging, Window
from booking.entrypoints.consumer import send_screening
from booking.entrypoints.dev import demo
from booking.entrypoints.dev.stack import Stack, embedded, write_privately
from booking.entrypoints.http.server import Server, listen
from booking.entrypoints.sqs import sqs_client
from booking.explained import Explained

LONG_POLL = 1  # seconds; so that Ctrl-C is quick
TOKENS_LAST = timedelta(days=30)
CHOSEN = (
    "BOOKING_AUTH_TRUST_EMAIL",
    "BOOKING_CORS_ORIGINS",
    "BOOKING_LIMIT_ORGANIZATION",
    "BOOKING_LIMIT_PERSON",
    "BOOKING_LIMIT_WRITES",
)  # what a developer may set; the rest is the stack's own
UNLESS_CHOSEN = {"BOOKING_LIMIT_WRITES": "0"}  # suites that drive it write more than a person would
PATIENCE = 20.0  # seconds until the demo's applicants must have come through the queue


class DevError(Explained):
    """The development stack cannot go on; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    host: str
    port: int
    data_dir: Path
    ephemeral: bool
    env_file: Path | None
    log_level: str


async def dev(options: Options) -> int:
    """Until Ctrl-C or SIGTERM; 0 after an orderly end."""
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(listen(options.host, options.port))
        logs.configure(options.log_level, "console" if sys.stderr.isatty() else "json")
        data_dir = options.data_dir
        if options.ephemeral:
            data_dir = Path(tempfile.mkdtemp(prefix="booking-"))
            stack.callback(shutil.rmtree, data_dir, ignore_errors=True)
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        servers = await stack.enter_async_context(embedded(data_dir, durable=not options.ephemeral))
        await migrate(servers.owner_url, servers.serving_url)
        os.environ.update(servers.environment)
        chosen = {name: os.environ[name] for name in CHOSEN if os.environ.get(name)}
        settings = Settings.read({**UNLESS_CHOSEN, **chosen, **servers.environment})
        instance = build(settings, long_poll=LONG_POLL, least_privilege=False)
        server = Server(instance.app, instance.drain)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        up = asyncio.create_task(server.up.wait())
        await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if not serving.done():
            try:
                await _load_demo(instance, servers)
                host, port = listener.getsockname()[:2]
                environment = {
                    "BASE_URL": f"http://{f'[{host}]' if ':' in host else host}:{port}",
                    **servers.environment,
                    **_tokens(servers.secrets.jwt_secret, servers.secrets.organization_id),
                }
                content = "".join(f"{name}={value}\n" for name, value in environment.items()).encode()
                write_privately(data_dir / "env", content)
                if options.env_file is not None:
                    write_privately(options.env_file, content)
                print(await _welcome(instance, servers, environment), flush=True)
            except BaseException:
                server.should_exit = True
                instance.drain()
                await serving
                raise
        await serving
    return 0


async def _load_demo(instance: Instance, servers: Stack) -> None:
    organization_id = servers.secrets.organization_id

    async with sqs_client(servers.sqs.queue_url) as client:

        async def send(applicant_id: UUID, name: str, email: str, risk_level: str) -> None:
            await send_screening(
                client,
                servers.sqs.queue_url,
                applicant_id=applicant_id,
                organization_id=organization_id,
                name=name,
                email=email,
                risk_level=RiskLevel(risk_level),
                screened_at=None,
            )

        services = instance.services
        now = await instance.store.now()
        await demo.load(organization_id, services.identity, services.slots, send, now)
    async with asyncio.timeout(PATIENCE):
        while await demo.missing(organization_id, services.identity):  # noqa: ASYNC110 - only the store can tell
            await asyncio.sleep(0.02)


def _tokens(secret: str, organization_id: UUID) -> dict[str, str]:
    def token(email: str, role: AgentRole | None = None) -> str:
        return mint(
            secret,
            subject=demo.subject_of(email),
            email=email,
            lifetime=TOKENS_LAST,
            agency=Agency(organization_id=organization_id, role=role) if role else None,
            email_verified=True,
        )

    return {
        "AGENT_TOKEN": token(demo.MEMBER_EMAIL, AgentRole.MEMBER),
        "ADMIN_TOKEN": token(demo.ADMIN_EMAIL, AgentRole.ADMIN),
        "APPLICANT_TOKEN": token(demo.APPLICANTS[0][1]),
        "APPLICANT2_TOKEN": token(demo.APPLICANTS[1][1]),
    }


async def _welcome(instance: Instance, servers: Stack, environment: dict[str, str]) -> str:
    base, applicant = environment["BASE_URL"], environment["APPLICANT_TOKEN"]
    property_id, slot_id = await _something_to_book(instance, servers.secrets.organization_id)
    return f"""
  Booking is up.

  API             {base}/api/v1
  Documentation   {base}/docs
  Queue           {environment["SQS_QUEUE_URL"]}
  Organization    {environment["ORGANIZATION_ID"]}

  Bearer tokens
    agent ({demo.MEMBER_EMAIL})
      {environment["AGENT_TOKEN"]}
    applicant ({demo.APPLICANTS[0][1]})
      {applicant}
    second applicant ({demo.APPLICANTS[1][1]})
      {environment["APPLICANT2_TOKEN"]}

  What can be booked at a property, one booking, and who comes (for the agent):

curl -s '{base}/api/v1/properties/{property_id}/slots?limit=3' -H 'Authorization: Bearer {applicant}'

curl -s {base}/api/v1/bookings -H 'Authorization: Bearer {applicant}' -d '{{"slot_id": "{slot_id}"}}'

curl -s {base}/api/v1/bookings -H 'Authorization: Bearer {environment["ADMIN_TOKEN"]}'

  Ctrl-C stops all of it.
"""


async def _something_to_book(instance: Instance, organization_id: UUID) -> tuple[UUID, UUID]:
    """A property with something left to book and, of that, the first slot."""
    admin = await instance.services.identity.identify(
        demo.claims_of(organization_id, demo.ADMIN_EMAIL, AgentRole.ADMIN), None
    )
    for property_id in demo.properties_of(organization_id):
        page = await instance.services.slots.bookable(
            admin, property_id, window=Window(), paging=Paging(after=None, limit=1)
        )
        for view in page.items:
            return property_id, view.listed.id
    raise DevError("every demo slot is booked: start with --ephemeral, or remove the data folder to start afresh")
