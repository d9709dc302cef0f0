"""How long the service waits for locks of tables, by looking every few milliseconds."""

import asyncio
import threading
from types import TracebackType

import asyncpg

from tests.chaos.scene import Scene
from tests.support.worlds import SERVING_ROLE

EVERY = 0.005  # seconds; waits that end between two looks are told that much too short

WAITS = """
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float8
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND l.locktype = 'relation' AND a.usename = $1 AND a.datname = current_database()"""


class Waits:
    """The `longest`, in seconds, within the block. Who migrates waits as another role, and is not counted."""

    def __init__(self, made: Scene) -> None:
        self.longest = 0.0
        self._url = made.owner_url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._look()), daemon=True)

    async def _look(self) -> None:
        connection = await asyncpg.connect(self._url)
        while not self._stop.is_set():
            self.longest = max(self.longest, await connection.fetchval(WAITS, SERVING_ROLE))
            await asyncio.sleep(EVERY)
        await connection.close()

    def __enter__(self) -> "Waits":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
