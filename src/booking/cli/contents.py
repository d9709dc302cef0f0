"""Contents of an instance of `booking dev`: the demo, a seed, and the variables that describe them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from booking.adapters.tokens.minting import mint
from booking.bootstrap import Instance
from booking.config import AuthSettings
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Agency
from booking.domain.refusals import Refusal
from booking.entrypoints.consumer import send_screening
from booking.entrypoints.dev import demo, seed
from booking.entrypoints.dev.clock import ClockRefused, set_clock
from booking.entrypoints.dev.stack import Stack
from booking.entrypoints.sqs import sqs_client
from booking.faults import Explained

TOKENS_LAST = timedelta(days=30)
PATIENCE = 20.0  # seconds until all applicants must have come through the queue

Known = Callable[[], Awaitable[object]]
"""Whether an applicant is."""


class DevError(Explained):
    """The development stack cannot go on; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    with_demo: bool
    seed: seed.Seed | None

    async def load(self, instance: Instance, servers: Stack, auth: AuthSettings, *, new: bool) -> dict[str, str]:
        """Load the missing parts of the demo, and the seed into a `new` database; return variables for suites.

        DevError; SeedError for what the service refuses.
        """
        home, services = servers.secrets.organization_id, instance.services
        seeded = self.seed if new else None
        expected: list[Known] = []
        planned = False
        if seeded is not None and seeded.now is not None:
            try:
                await set_clock(servers.owner_url, to=seeded.now)
            except ClockRefused as refused:
                raise seed.SeedError(f"the seed is refused: `$.now` {refused}") from None
        async with sqs_client(servers.sqs.queue_url) as client:

            async def send(
                organization_id: UUID,
                external_id: UUID,
                name: str,
                email: str,
                risk_level: RiskLevel,
                *,
                phone: str | None = None,
                locale: str | None = None,
            ) -> None:
                await send_screening(
                    client,
                    servers.sqs.queue_url,
                    applicant_id=external_id,
                    organization_id=organization_id,
                    name=name,
                    email=email,
                    phone=phone,
                    locale=locale,
                    risk_level=risk_level,
                )

            if self.with_demo:
                planned = await demo.load(home, services, send, await instance.now())
                of_the_demo = [email for _, email, _ in demo.APPLICANTS]
                expected += [partial(demo.is_registered, home, email, services["identity"]) for email in of_the_demo]
            if seeded is not None:
                by_email = services["applicants"].applicants.by_email  # which gives nobody a login, as signing in would
                expected += [
                    partial(by_email, email, of) for of, email in await seed.load(seeded, home, services, send)
                ]
        await _until_known(expected, servers)
        if planned:
            await demo.watch(home, services, await instance.now())
        described = {"ADMIN_TOKEN": _token(auth, home, demo.ADMIN_EMAIL, AgentRole.ADMIN)}
        return described | (await _of_the_demo(instance, home, auth) if self.with_demo else {})


async def _until_known(expected: Sequence[Known], servers: Stack) -> None:
    """Wait until all applicants have come through the queue; DevError."""
    try:
        async with asyncio.timeout(PATIENCE):
            for known in expected:
                while not await known():
                    if not await asyncio.to_thread(servers.sqs.waiting):
                        break  # of those whom an operator erased or unlinked nobody will hear
                    await asyncio.sleep(0.02)
    except TimeoutError:
        raise DevError("the applicants did not come through the queue: --log-level info says why") from None


async def _of_the_demo(instance: Instance, organization_id: UUID, auth: AuthSettings) -> dict[str, str]:
    ids = await _ids(instance, organization_id)
    await _show_on_page(instance, organization_id, ids)
    return {
        **ids,
        "AGENT_TOKEN": _token(auth, organization_id, demo.MEMBER_EMAIL, AgentRole.MEMBER),
        "APPLICANT_TOKEN": _token(auth, organization_id, demo.APPLICANTS[0][1]),
        "APPLICANT2_TOKEN": _token(auth, organization_id, demo.APPLICANTS[1][1]),
    }


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


def minting(auth: AuthSettings) -> Callable[..., str]:
    """Return a maker of tokens like the issuer's that the environment names."""
    return partial(mint, auth.hs256_secret or "", audience=auth.audience, issuer=auth.issuer)


def _token(auth: AuthSettings, organization_id: UUID, email: str, role: AgentRole | None = None) -> str:
    return minting(auth)(
        subject=demo.subject_of(email),
        email=email,
        lifetime=TOKENS_LAST,
        agency=Agency(organization_id=organization_id, role=role) if role else None,
        email_verified=True,
        name=demo.AGENTS.get(email),
    )
