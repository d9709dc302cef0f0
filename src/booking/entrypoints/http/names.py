"""Names in answers: of the property and the agent of a slot, a visit or an entry, and of the applicant for agents.

A kept answer has the ids alone, and a replay the names of then: so no key keeps what was renamed or erased.
"""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from booking.domain.people.applicant import RiskLevel
from booking.domain.people.names import Names
from booking.entrypoints.http.wire import Output
from booking.service.ports import Directory

_TOLD = (b'"property":', b'"applicant":')


class SlotProperty(Output):
    id: UUID
    label: str | None
    area: str | None
    time_zone: str


class SlotAgent(Output):
    id: UUID
    name: str | None


class BookingApplicant(Output):
    id: UUID
    name: str
    email: str
    risk_level: RiskLevel


def property_of(property_id: UUID, names: Names) -> SlotProperty:
    return SlotProperty(id=property_id, label=names.label, area=names.area, time_zone=names.time_zone)


def agent_of(agent_id: UUID, names: Names) -> SlotAgent:
    return SlotAgent(id=agent_id, name=names.agent)


def without_names(body: bytes) -> bytes:
    """Return the body of an answer as it is kept."""
    if not any(told in body for told in _TOLD):
        return body
    content = msgspec.json.decode(body)
    for one in _embedding(content):
        for name in _EMBEDDED & one.keys():
            one[name] = {"id": one[name]["id"]}
    return msgspec.json.encode(content)


async def with_names(body: bytes, directory: Directory) -> bytes:
    """Return the body of a kept answer with the names of now."""
    if not any(told in body for told in _TOLD):
        return body
    content = msgspec.json.decode(body)
    await asyncio.gather(*(_name(one, directory) for one in _embedding(content)))
    return msgspec.json.encode(content)


async def _name(one: dict[str, Any], directory: Directory) -> None:
    organization_id = UUID(one["organization_id"])
    if "property" in one:
        property_id, agent_id = UUID(one["property"]["id"]), UUID(one["agent"]["id"])
        names = await directory.names(organization_id, property_id, agent_id)
        one |= {"property": property_of(property_id, names), "agent": agent_of(agent_id, names)}
    if "applicant" in one:
        applicant = await directory.applicant(organization_id, UUID(one["applicant"]["id"]))
        one["applicant"] = msgspec.convert(applicant, BookingApplicant, from_attributes=True)


_EMBEDDED = {"property", "agent", "applicant"}


def _embedding(content: Any) -> Iterator[dict[str, Any]]:
    """Find the objects that have names embedded."""
    if isinstance(content, list):
        for item in content:
            yield from _embedding(item)
    elif isinstance(content, dict):
        if "organization_id" in content and _EMBEDDED & content.keys():
            yield content
        for value in content.values():
            yield from _embedding(value)
