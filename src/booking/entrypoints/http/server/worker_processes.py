"""Worker processes: the first is the one that was started, serves itself, and stands for the others, its children.

They share one socket, and by forking the memory of all that was imported. When one dies, all end, so that a supervisor
starts the service afresh (ADR 22).
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

METHOD = "fork" if sys.platform == "linux" else "spawn"  # elsewhere systems' own libraries have threads by then


class WorkerProcesses:
    """`count` children that call `work` with their number, from 1, and `words`; it returns their exit code."""

    def __init__(self, count: int, work: Callable[..., int], words: Sequence[object]) -> None:
        context: Any = multiprocessing.get_context(METHOD)
        self._processes = [context.Process(target=_begin, args=(work, number, words)) for number in range(1, count + 1)]
        self._terminated = False

    def start(self) -> None:
        """Start them, before there is any thread or event loop.

        A signal that comes now waits for the server's own handlers (`Server.startup`): a start is ended in good order.
        """
        gc.freeze()
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
        for process in self._processes:
            process.start()

    def watch(self, leave: Callable[[], None]) -> None:
        """Call `leave` once one of them has ended. In a running loop."""
        for process in self._processes:
            _once(process.sentinel, leave)

    def terminate(self) -> None:
        """Send SIGTERM to all."""
        self._terminated = True
        for process in self._processes:
            if process.is_alive():
                os.kill(process.pid, signal.SIGTERM)

    def join(self) -> bool:
        """Wait until all have ended, and tell whether all did in good order."""
        asked = self._terminated
        if not asked:
            self.terminate()
        for process in self._processes:
            process.join()
        # A child that is told to end before it has handlers dies of the signal: it held nothing.
        orderly = {0, -signal.SIGTERM} if asked else {0}
        return all(process.exitcode in orderly for process in self._processes)


def watch_parent(leave: Callable[[], None]) -> None:
    """Call `leave` once the process has ended that forked this one, if one did. In a running loop."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.sentinel is not None:
        _once(parent.sentinel, leave)


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
