"""Look-up of names in threads of its own, so that a DNS server that hangs keeps nothing else waiting."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread

MOST = 32  # look-ups at the same time


def system_addresses(name: str) -> Sequence[str]:
    """Return the addresses of a name by the system's resolver, none where there are none.

    The name ends in a full stop. Why: the system's search domains would make another name of it.
    """
    try:
        found = socket.getaddrinfo(f"{name}.".encode("ascii"), None, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Resolver:
    """Asks for a name once, however many wait for it. Keeps no answer: each request is told anew.

    Why no executor: its threads cannot be left behind, so the process would not end before the last look-up.
    """

    def __init__(self, look_up: Callable[[str], Sequence[str]] = system_addresses) -> None:
        self._look_up = look_up
        self._free = asyncio.Semaphore(MOST)
        self._under_way: dict[str, asyncio.Task[Sequence[str]]] = {}

    async def __call__(self, name: str) -> Sequence[str]:
        if name not in self._under_way:
            task = self._under_way[name] = asyncio.ensure_future(self._in_a_thread(name))
            task.add_done_callback(lambda _: self._under_way.pop(name))
        return await asyncio.shield(self._under_way[name])  # it goes on for others when this one gives up

    async def _in_a_thread(self, name: str) -> Sequence[str]:
        async with self._free:
            loop = asyncio.get_running_loop()
            found: asyncio.Future[Sequence[str]] = loop.create_future()

            def look_up() -> None:
                addresses = self._look_up(name)
                with suppress(RuntimeError):  # the loop ended meanwhile
                    loop.call_soon_threadsafe(tell, addresses)

            def tell(addresses: Sequence[str]) -> None:
                if not found.done():
                    found.set_result(addresses)

            Thread(target=look_up, name="look-up", daemon=True).start()
            return await found
