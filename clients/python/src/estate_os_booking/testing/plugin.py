"""Fixtures of pytest; installing the package brings them.

`booking_instance` runs for the whole session: the one that BOOKING_ENV_FILE describes, or one of its own.
`booking_organization` is a fresh agency for each test. To start it otherwise, define `booking_instance_options`.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from estate_os_booking.testing import Instance, Organization


@pytest.fixture(scope="session")
def booking_instance_options() -> dict[str, Any]:
    """Options of `start_instance`."""
    return {}


@pytest.fixture(scope="session")
def booking_instance(booking_instance_options: dict[str, Any]) -> "Iterator[Instance]":
    # Not before somebody asks: the plugin is loaded in every run of pytest.
    from estate_os_booking.testing import connect_instance, start_instance

    if file := os.environ.get("BOOKING_ENV_FILE"):
        with connect_instance(file) as instance:
            yield instance
        return
    with start_instance(**booking_instance_options) as instance:
        yield instance


@pytest.fixture
def booking_organization(booking_instance: "Instance") -> "Organization":
    return booking_instance.organization()
