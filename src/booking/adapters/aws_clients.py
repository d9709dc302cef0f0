"""Clients of AWS, each made once it is needed; all as boto reads it from the environment."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from booking.config.events_target import EventsTarget

DEADLINE = 10.0  # seconds for a whole call, however its answer trickles


class AwsClients:
    """Clients by service and region. Why: a region is named, and that of the environment not asked for."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._made: dict[tuple[str, str], Any] = {}
        self._urls: dict[str, str] = {}
        self._making = asyncio.Lock()

    async def of(self, target: EventsTarget) -> Any:
        return await self.client(target.service.value, target.region)

    async def client(self, service: str, region: str) -> Any:
        name = service, region
        async with self._making:
            if name not in self._made:
                self._made[name] = await self._stack.enter_async_context(_client(*name))
        return self._made[name]

    async def queue_url(self, target: EventsTarget) -> str:
        """Return the URL of a queue, which its ARN does not have."""
        if target.arn not in self._urls:
            queues = await self.of(target)
            found = await queues.get_queue_url(QueueName=target.name, QueueOwnerAWSAccountId=target.account)
            self._urls[target.arn] = found["QueueUrl"]
        return self._urls[target.arn]

    async def close(self) -> None:
        self._made.clear()
        await self._stack.aclose()


def _client(service: str, region: str) -> Any:
    import aioboto3  # only here, for it takes as much memory as all else, and an instance without AWS needs none
    from aiobotocore.config import AioConfig

    config = AioConfig(
        retries={"total_max_attempts": 1},  # who calls tries again, and knows when
        connect_timeout=5,
        read_timeout=DEADLINE,
        user_agent="booking",
        parameter_validation=False,
    )
    session: Any = aioboto3.Session()  # typed by literals, one for each service
    return session.client(service, region_name=region, config=config)
