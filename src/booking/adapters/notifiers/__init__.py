"""Notifiers, one for each kind of subscription. The relay calls them; a new kind is a module here and a line below."""

from collections.abc import Mapping

from booking.adapters.notifiers.log import log_notifier
from booking.service.ports import Notify

NOTIFIERS: Mapping[str, Notify] = {"log": log_notifier}
