"""Colleagues: the other workers of a service, forked from the first, which is one itself and stands in for them all.

They share one socket, and the memory of all that was imported. Whoever of them dies ends all, for whoever runs us to
start afresh: nothing half-alive.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from booking.entrypoints.http.server.server import ENDS

WAY = "fork" if sys.platform == "linux" else "spawn"  # elsewhere systems' own libraries have threads by then


class Colleagues:
    """So many more processes that do the same `work`, which is told its number, from 1, and gives an exit code."""

    def __init__(self, count: int, work: Callable[..., int], words: Sequence[object]) -> None:
        context: Any = multiprocessing.get_context(WAY)
        self._processes = [context.Process(target=_begin, args=(work, number, words)) for number in range(1, count + 1)]
        self._told = False

    def start(self) -> None:
        """Start them, before there is any thread or event loop. A signal that comes now waits for the server's own
        handlers (`Server.startup`), so that a start is ended in good order, too."""
        gc.freeze()
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
        for process in self._processes:
            process.start()

    def watch(self, leave: Callable[[], None]) -> None:
        """Calls `leave` once one of them has ended. In a running loop."""
        for process in self._processes:
            _once(process.sentinel, leave)

    def tell(self) -> None:
        """That the end has come."""
        self._told = True
        for process in self._processes:
            if process.is_alive():
                os.kill(process.pid, signal.SIGTERM)

    def ended(self) -> bool:
        """Waits until all have, and says whether all did in good order."""
        asked = self._told
        if not asked:
            self.tell()
        for process in self._processes:
            process.join()
        # One that was still starting when it was told to end knows no better than to die of it: it held nothing.
        orderly = {0, -signal.SIGTERM} if asked else {0}
        return all(process.exitcode in orderly for process in self._processes)


def watch_the_first(leave: Callable[[], None]) -> None:
    """Calls `leave` once the process is gone that this one was forked from, if it was. In a running loop."""
    first = multiprocessing.parent_process()
    if first is not None and first.sentinel is not None:
        _once(first.sentinel, leave)


def _once(sentinel: int, call: Callable[[], None]) -> None:
    running = asyncio.get_running_loop()

    def called() -> None:
        running.remove_reader(sentinel)
        call()

    running.add_reader(sentinel, called)


def _begin(work: Callable[..., int], number: int, words: Sequence[object]) -> None:
    for end in ENDS:
        signal.signal(end, signal.SIG_DFL)  # until the server has its own
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
    raise SystemExit(work(number, *words))
