"""Lists of the state at one instant: nothing changes it while they are read, since none of its reads waits."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from booking.service.delivery.exports import Lists
from tests.fakes.bookings import MemoryBookings
from tests.fakes.colleagues import MemoryColleagues
from tests.fakes.organizations import MemoryOrganizations
from tests.fakes.people import MemoryApplicants
from tests.fakes.properties import MemoryProperties
from tests.fakes.slots import MemorySlots
from tests.fakes.state import State
from tests.fakes.waitlists import MemoryWaitlists

T = TypeVar("T")


class MemorySnapshots:
    def __init__(self, state: State) -> None:
        self._lists = Lists(
            bookings=MemoryBookings(state),
            slots=MemorySlots(state),
            waitlists=MemoryWaitlists(state),
            properties=MemoryProperties(state),
            colleagues=MemoryColleagues(state),
            applicants=MemoryApplicants(state),
            organizations=MemoryOrganizations(state),
        )

    async def read(self, work: Callable[[Lists], Awaitable[T]]) -> T:
        return await work(self._lists)
