"""Processes that work for ever, each of which can be killed, or stopped past its lease and let go on."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from typing import TypeAlias

from tests.chaos.service import forkserver

Start: TypeAlias = tuple[Callable[..., None], tuple[object, ...]]


class Workers:
    def __init__(self, starts: Sequence[Start], lease: timedelta) -> None:
        self.starts, self.lease = starts, lease
        self.running = [_started(*start) for start in starts]

    def stop_one(self) -> None:
        """Kill one and start it anew, or stop one for shorter or longer than its lease."""
        index = random.randrange(len(self.running))
        pid = self.running[index].pid
        assert pid is not None
        if random.random() < 0.5:
            os.kill(pid, signal.SIGKILL)
            self.running[index].join()
            self.running[index] = _started(*self.starts[index])
        else:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(self.lease.total_seconds() * (0.5 + random.random()))
            os.kill(pid, signal.SIGCONT)


@contextmanager
def workers(starts: Sequence[Start], lease: timedelta) -> Iterator[Workers]:
    made = Workers(starts, lease)
    try:
        yield made
    finally:
        for one in made.running:
            one.kill()
            one.join()


def _started(target: Callable[..., None], arguments: tuple[object, ...]) -> ForkServerProcess:
    worker = forkserver.Process(target=target, args=arguments, daemon=True)
    worker.start()
    return worker
