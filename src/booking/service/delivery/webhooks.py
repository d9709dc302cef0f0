"""Webhook endpoints of an organization, set by its admins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.delivery.refusals import WebhookEndpointNotFound
from booking.domain.delivery.webhook_endpoint import (
    EndpointSettings,
    EndpointStatus,
    WebhookEndpoint,
    new_secret,
    require_receiver,
)
from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from booking.service.ports import Cipher, NewId


class WebhookEndpoints(Protocol):
    async def add(self, key: Key, settings: EndpointSettings, secret: bytes, by: AgentRight) -> WebhookEndpoint:
        """Add an endpoint that hears events from now on; TooManyWebhookEndpoints."""

    async def of_organization(self, organization_id: UUID) -> Sequence[WebhookEndpoint]:
        """Return all, the oldest first."""

    async def get(self, key: Key) -> WebhookEndpoint | None: ...

    async def change(
        self, key: Key, settings: EndpointSettings, status: EndpointStatus | None, expected: int, by: AgentRight
    ) -> WebhookEndpoint:
        """Change an endpoint, and its status unless that is None; PreconditionFailed for another version.

        Enabled, or with another URL, it is tried at once, and goes on with all that failed meanwhile.
        """

    async def rotate(self, key: Key, secret: bytes, by: AgentRight) -> WebhookEndpoint:
        """Replace the secret. The former one signs, too, for a day; the one before that no more."""

    async def remove(self, key: Key, by: AgentRight) -> None:
        """Remove an endpoint, with its deliveries."""

    async def secrets(self, key: Key) -> Sequence[bytes]:
        """Return the secrets that sign now, the newest first."""


class ShownEndpoint(NamedTuple):
    """An endpoint; with its secret where that is new."""

    endpoint: WebhookEndpoint
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookService:
    """`loopback`: receivers on this machine may be reached by http."""

    endpoints: WebhookEndpoints
    cipher: Cipher
    new_id: NewId
    loopback: bool = False

    async def create(self, caller: Caller, settings: EndpointSettings) -> ShownEndpoint:
        """Create an endpoint, as an admin; InvalidRequest for a URL that no receiver may have."""
        require_receiver(settings.url, loopback=self.loopback)
        key = caller.as_admin().organization_id, self.new_id()
        secret = new_secret()
        by = caller.keeping(caller.acting_as_admin(), lambda added: ShownEndpoint(added, secret))
        return ShownEndpoint(await self.endpoints.add(key, settings, self.cipher.encrypt(secret, key), by), secret)

    async def list(self, caller: Caller) -> Sequence[ShownEndpoint]:
        return [ShownEndpoint(one) for one in await self.endpoints.of_organization(caller.as_admin().organization_id)]

    async def get(self, caller: Caller, endpoint_id: UUID) -> ShownEndpoint:
        found = await self.endpoints.get((caller.as_admin().organization_id, endpoint_id))
        if found is None:
            raise WebhookEndpointNotFound
        return ShownEndpoint(found)

    async def change(
        self,
        caller: Caller,
        endpoint_id: UUID,
        changes: Mapping[str, Any],
        status: EndpointStatus | None,
        *,
        expected: int,
    ) -> ShownEndpoint:
        """Change some settings, and the status unless that is None, as an admin with the version `expected` in view."""
        before = (await self.get(caller, endpoint_id)).endpoint
        if before.version != expected:
            raise PreconditionFailed
        settings = replace(before.settings, **changes)
        require_receiver(settings.url, loopback=self.loopback)
        by = caller.keeping(caller.acting_as_admin(), ShownEndpoint)
        return ShownEndpoint(await self.endpoints.change(before.key, settings, status, expected, by))

    async def rotate(self, caller: Caller, endpoint_id: UUID) -> ShownEndpoint:
        """Replace the secret of an endpoint, as an admin."""
        key = caller.as_admin().organization_id, endpoint_id
        secret = new_secret()
        by = caller.keeping(caller.acting_as_admin(), lambda rotated: ShownEndpoint(rotated, secret))
        return ShownEndpoint(await self.endpoints.rotate(key, self.cipher.encrypt(secret, key), by), secret)

    async def remove(self, caller: Caller, endpoint_id: UUID) -> None:
        by = caller.acting_as_admin()
        await self.endpoints.remove((by.key[0], endpoint_id), caller.keeping(by, lambda: None))


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    endpoints: WebhookEndpoints
    cipher: Cipher

    async def of(self, organization_id: UUID, endpoint_id: UUID) -> Sequence[str]:
        """Return the secrets that sign now, the newest first; none where no key fits, or there is no endpoint."""
        key = organization_id, endpoint_id
        found = [self.cipher.decrypt(one, key) for one in await self.endpoints.secrets(key)]
        return [one for one in found if one is not None]
