"""`booking serve`: the service, with everything from the environment."""

import gc
import os
import tempfile
from contextlib import ExitStack
from dataclasses import replace

from booking.config import Settings
from booking.config.variables import ConfigurationError


def serve(only: str | None) -> int:
    """Serve until SIGTERM or SIGINT; 0 after an orderly end. `only`: a part of the service."""
    gc.disable()  # until a worker serves: until then there is nothing to collect
    settings = replace(Settings.read(), only=only)
    if only == "consumer" and settings.sqs_queue_url is None:
        raise ConfigurationError(["--only consumer needs BOOKING_SQS_QUEUE_URL"])
    with ExitStack() as stack:
        if settings.processes > 1 and settings.metrics_port is not None:
            shared = stack.enter_context(tempfile.TemporaryDirectory(prefix="booking-metrics-"))
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
        from booking.cli.worker import supervise  # only now: Prometheus's client reads the variable when it is imported

        return supervise(settings)
