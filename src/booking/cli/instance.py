"""Client of a development instance, with the address and the tokens that `booking dev` writes to its env file."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from booking.faults import Explained

ADMIN, AGENT, APPLICANT, OTHER_APPLICANT = "ADMIN_TOKEN", "AGENT_TOKEN", "APPLICANT_TOKEN", "APPLICANT2_TOKEN"
PATIENCE = 15.0  # seconds


class NoInstance(Explained):
    """There is no development instance to talk to; says how to get one."""


class Refused(Explained):
    """The instance refused a request; says which, and why."""

    def __init__(self, asked: str, response: httpx.Response) -> None:
        problem = _json(response)
        self.code = problem.get("code", str(response.status_code))
        faults = [f"{fault['pointer']} {fault['detail']}" for fault in problem.get("errors") or ()]
        super().__init__(f"{asked}: {self.code}: {'; '.join(faults) or problem.get('detail') or 'no reason given'}")


class DevInstance:
    """`environment` names the tokens; `as_` says which one of these asks."""

    def __init__(self, http: httpx.AsyncClient, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self._http = http

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        as_: str = ADMIN,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Return an answer of 2xx; Refused, or NoInstance. Bytes are sent as they are, all else as JSON."""
        if not path.startswith("/dev/"):
            path = f"/api/v1{path}"
        bearer = token or self.environment.get(as_)
        if not bearer:
            raise NoInstance(f"the instance has no {as_}: it runs without the demo")
        try:
            sent: Any = {"content": body} if isinstance(body, bytes) else {"json": body}
            response = await self._http.request(
                method, path, **sent, headers={"Authorization": f"Bearer {bearer}", **(headers or {})}
            )
        except httpx.TransportError as error:
            raise NoInstance(f"nothing answers at {self._http.base_url}: {error or type(error).__name__}") from None
        if not response.is_success:
            raise Refused(f"{method} {path}", response)
        return response

    async def get(self, path: str, **how: Any) -> Any:
        return (await self.ask("GET", path, **how)).json()

    async def post(self, path: str, body: Any = None, **how: Any) -> Any:
        response = await self.ask("POST", path, body, **how)
        return response.json() if response.content else None


@asynccontextmanager
async def dev_instance() -> AsyncIterator[DevInstance]:
    """Open the instance that the environment describes; NoInstance."""
    base = os.environ.get("BASE_URL")
    if not base or not os.environ.get(ADMIN):
        raise NoInstance("this talks to `booking dev` alone: start it (`make run`), or name its file by --env-file")
    async with httpx.AsyncClient(base_url=base, timeout=PATIENCE, trust_env=False) as http:
        yield DevInstance(http, os.environ)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
