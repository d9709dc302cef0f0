"""`booking serve`: the service, with everything from the environment."""

import gc
import os
import tempfile
from contextlib import ExitStack

from booking.config import Settings


def serve() -> int:
    """Serve until SIGTERM or SIGINT; 0 after an orderly end."""
    gc.disable()  # until a worker serves: until then there is nothing to collect
    settings = Settings.read()
    with ExitStack() as stack:
        if settings.processes > 1 and settings.metrics_port is not None:
            shared = stack.enter_context(tempfile.TemporaryDirectory(prefix="booking-metrics-"))
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
        from booking.cli.worker import supervise  # only now: Prometheus's client reads the variable when it is imported

        return supervise(settings)
