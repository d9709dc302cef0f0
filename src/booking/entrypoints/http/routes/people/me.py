"""Caller over HTTP: their agent with its profile, and their applicants."""

from typing import Any
from uuid import UUID

from litestar import get, patch
from litestar.di import NamedDependency
from msgspec import UNSET, UnsetType, convert
from msgspec.structs import asdict

from booking.domain.people import agent as domain
from booking.domain.people import contact as contacts_domain
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.refusals import WrongRole
from booking.entrypoints.http.guards import agents_only, applicants_only
from booking.entrypoints.http.inputs.decoding import Body, no_parameters
from booking.entrypoints.http.wire import Input, Link, Locale, Name, Output, Phone
from booking.service.people.agents import AgentService
from booking.service.people.contacts import ContactService


class MeAgent(Output):
    id: UUID
    organization_id: UUID
    role: AgentRole


class MeApplicant(Output):
    id: UUID
    organization_id: UUID
    eligible: bool


class Profile(Output):
    name: str | None
    email: str | None
    phone: str | None
    locale: str | None
    photo_url: str | None


class Me(Output):
    subject: str
    email: str | None
    agent: MeAgent | None
    profile: Profile | None
    applicants: list[MeApplicant]


class MeResponse(Output):
    me: Me


class PatchProfile(Input):
    """Change of a profile. A field that is left out stays, null resets it."""

    name: Name | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET
    locale: Locale | UnsetType | None = UNSET
    photo_url: Link | UnsetType | None = UNSET


class ProfileResponse(Output):
    profile: Profile


class Contact(Output):
    phone: str | None
    phone_proved: bool
    locale: str | None
    channels: tuple[Channel, ...] | None


class PatchContact(Input):
    """Change of a contact. A field that is left out stays, null resets it."""

    phone: Phone | UnsetType | None = UNSET
    locale: Locale | UnsetType | None = UNSET
    channels: tuple[Channel, ...] | UnsetType | None = UNSET


class ContactResponse(Output):
    contact: Contact


@get("/me", operation_id="getMe", guards=[no_parameters], opt={"etag": True})
async def get_me(caller: NamedDependency[Caller], agents: NamedDependency[AgentService]) -> MeResponse:
    profile = await agents.profile(caller)
    return MeResponse(
        me=Me(
            subject=caller.subject,
            email=caller.email,
            agent=convert(caller.agent, MeAgent | None, from_attributes=True),
            profile=convert(profile, Profile | None, from_attributes=True),
            applicants=convert(caller.applicants, list[MeApplicant], from_attributes=True),
        )
    )


@patch(
    "/me/profile",
    operation_id="patchProfile",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(PatchProfile)},
    opt={"refuses": (WrongRole,)},
)
async def patch_profile(
    content: NamedDependency[PatchProfile],
    caller: NamedDependency[Caller],
    agents: NamedDependency[AgentService],
) -> ProfileResponse:
    said = {name: value for name, value in asdict(content).items() if value is not UNSET}
    return _answer(await agents.change_profile(caller.showing(_answer), said))


@get(
    "/me/contact",
    operation_id="getContact",
    guards=[applicants_only, no_parameters],
    opt={"etag": True, "refuses": (WrongRole,)},
)
async def get_contact(caller: NamedDependency[Caller], contacts: NamedDependency[ContactService]) -> ContactResponse:
    return contact_answer(await contacts.get(caller))


@patch(
    "/me/contact",
    operation_id="patchContact",
    guards=[applicants_only, no_parameters],
    dependencies={"content": Body(PatchContact)},
    opt={"refuses": (WrongRole,)},
)
async def patch_contact(
    content: NamedDependency[Any],
    caller: NamedDependency[Caller],
    contacts: NamedDependency[ContactService],
) -> ContactResponse:
    said = {name: value for name, value in asdict(content).items() if value is not UNSET}
    return contact_answer(await contacts.change(caller.showing(contact_answer), said))


routes = (get_me, patch_profile, get_contact, patch_contact)


def contact_answer(contact: contacts_domain.Contact) -> ContactResponse:
    return ContactResponse(contact=convert(contact, Contact, from_attributes=True))


def _answer(profile: domain.Profile) -> ProfileResponse:
    return ProfileResponse(profile=convert(profile, Profile, from_attributes=True))
