"""`booking dev`: everything on one machine, with a demo, and ready to be pasted from."""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from booking import logs
from booking.adapters.postgres.migrations import migrate
from booking.adapters.tokens.minting import mint
from booking.bootstrap import Instance, build
from booking.cli.environment import adopt, leave_aws
from booking.cli.welcome import welcome
from booking.config import AuthSettings, Settings
from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.domain.caller import Agency
from booking.domain.paging import Paging, Window
from booking.domain.refusals import Refusal
from booking.entrypoints.consumer import send_screening
from booking.entrypoints.dev import demo
from booking.entrypoints.dev.env_file import EnvFile
from booking.entrypoints.dev.stack import ENV_FILE, Stack, embedded
from booking.entrypoints.http.server.server import Server, listen
from booking.entrypoints.sqs import sqs_client
from booking.faults import Explained

LONG_POLL = 1  # seconds; so that Ctrl-C is quick
TOKENS_LAST = timedelta(days=30)
CHOSEN = re.compile(r"BOOKING_(AUTH|CORS|LIMIT)_\w+")  # what a developer may set; the rest is the stack's own
OPTIONS = re.compile(r"BOOKING_(HTTP_(HOST|PORT)|LOG_(LEVEL|FORMAT)|METRICS_PORT|WORKERS)$")
UNLESS_CHOSEN = {"BOOKING_LIMIT_WRITES": "0"}  # suites that drive it write more than a person would
PLACEHOLDERS = {"DATABASE_URL": "postgresql://embedded", "BOOKING_AUDIT_SECRET": "-" * 32}
PATIENCE = 20.0  # seconds until the demo's applicants must have come through the queue


class DevError(Explained):
    """The development stack cannot go on; says why."""


async def dev(*, host: str, port: int, data_dir: Path, ephemeral: bool, env_file: Path | None, log_level: str) -> int:
    """Run until Ctrl-C or SIGTERM; 0 after an orderly end."""
    chosen = {name: value for name, value in os.environ.items() if CHOSEN.fullmatch(name) and value.strip()}
    for name in filter(OPTIONS.match, sorted(os.environ)):
        print(f"booking: {name} is not used here: `booking dev --help` says what is instead", file=sys.stderr)
    Settings.read({"BOOKING_AUTH_HS256_SECRET": "-" * 32} | PLACEHOLDERS | chosen)  # all faults, before anything starts
    asked = None if env_file is None else EnvFile(env_file)
    if asked is not None:
        asked.check()
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(listen(host, port))
        logs.configure(log_level, "console" if sys.stderr.isatty() else "json")
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
        settings = Settings.read({**UNLESS_CHOSEN, **environment})
        prepared = asyncio.Event()
        instance = build(settings, long_poll=LONG_POLL, least_privilege=False, prepared=prepared.is_set)
        server = Server(instance.app, instance.drain)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        up = asyncio.create_task(server.up.wait())
        await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if not serving.done():
            try:
                await _load_demo(instance, servers)
                ids = await _ids(instance, servers.secrets.organization_id)
                await _show_on_page(instance, servers.secrets.organization_id, ids)
                host, port = listener.getsockname()[:2]
                described = {
                    "BASE_URL": f"http://{f'[{host}]' if ':' in host else host}:{port}",
                    **environment,
                    **ids,
                    **_tokens(settings.auth, servers.secrets.organization_id),
                }
                content = "".join(f"{name}={value}\n" for name, value in described.items()).encode()
                for file in files:
                    stack.callback(file.withdraw)
                    file.write(content)
                prepared.set()  # in the same turn of the loop: the files are there first, and at once it is ready
                print(welcome(described, files[-1].path, settings.auth), flush=True)
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
        now = await instance.now()
        await demo.load(organization_id, services["identity"], services["slots"], send, now)
    try:
        async with asyncio.timeout(PATIENCE):
            while await demo.unknown(organization_id, services["identity"]):
                if not await asyncio.to_thread(servers.sqs.waiting):
                    break  # of those whom an operator erased or unlinked nobody will hear
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise DevError("the demo's applicants did not come through the queue: --log-level info says why") from None


async def _ids(instance: Instance, organization_id: UUID) -> dict[str, str]:
    """Return what can be booked, for whoever pastes the first lines; a property without a slot where nothing can."""
    claims = demo.claims_of(organization_id, demo.ADMIN_EMAIL, AgentRole.ADMIN)
    admin = await instance.services["identity"].identify(claims, None)
    found = await demo.something_to_book(organization_id, instance.services["slots"], admin)
    if found is None:
        return {"PROPERTY_ID": str(demo.properties_of(organization_id)[0])}
    property_id, slot_id = found
    return {"PROPERTY_ID": str(property_id), "SLOT_ID": str(slot_id)}


async def _show_on_page(instance: Instance, organization_id: UUID, ids: Mapping[str, str]) -> None:
    """Put what the demo has into the examples of the documentation, so that a first try succeeds."""
    identity, (_, email, _) = instance.services["identity"], demo.APPLICANTS[0]
    agent = await identity.identify(demo.claims_of(organization_id, demo.MEMBER_EMAIL, AgentRole.MEMBER), None)
    day = (await instance.now()).date() + timedelta(days=demo.DAYS + 1)
    examples = {"organization": str(organization_id), "agent": str(agent.as_agent().id), "day": str(day)}
    bookable = await instance.services["slots"].bookable(
        agent, UUID(ids["PROPERTY_ID"]), window=Window(), paging=Paging(after=None, limit=2)
    )
    free = [str(view.slot.id) for view in bookable.items]
    examples |= {"property": ids["PROPERTY_ID"], **dict(zip(("slot", "another"), free, strict=False))}
    with suppress(Refusal):  # an operator may have erased them
        person = await identity.identify(demo.person(email), None)
        examples["applicant"] = str(person.applicant_in(organization_id).id)
    instance.examples.update(examples)


def _tokens(auth: AuthSettings, organization_id: UUID) -> dict[str, str]:
    """Make the demo's tokens, as the issuer would that the environment names."""

    def token(email: str, role: AgentRole | None = None) -> str:
        return mint(
            auth.hs256_secret or "",
            subject=demo.subject_of(email),
            email=email,
            lifetime=TOKENS_LAST,
            agency=Agency(organization_id=organization_id, role=role) if role else None,
            email_verified=True,
            audience=auth.audience,
            issuer=auth.issuer,
        )

    return {
        "AGENT_TOKEN": token(demo.MEMBER_EMAIL, AgentRole.MEMBER),
        "ADMIN_TOKEN": token(demo.ADMIN_EMAIL, AgentRole.ADMIN),
        "APPLICANT_TOKEN": token(demo.APPLICANTS[0][1]),
        "APPLICANT2_TOKEN": token(demo.APPLICANTS[1][1]),
    }
