"""Client of the booking service."""

from estate_os_booking._generated.models import *  # noqa: F403
from estate_os_booking._generated.problems import *  # noqa: F403
from estate_os_booking.client import *  # noqa: F403
from estate_os_booking.problems import *  # noqa: F403
