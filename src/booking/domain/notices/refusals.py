"""Refusals that are of notices, their channels, links and calendars."""

from booking.domain.refusals import Conflict, NotFound, RateLimited


class CalendarFeedNotFound(NotFound):
    title = "There is no such calendar feed, or it is not valid any more."


class LinkNotFound(NotFound, code="not_found"):
    title = "The link is none of this service, or not any more: it has expired, or the visit has changed."


class LinksNotConfigured(Conflict):
    title = "This service has no address for links: ask its operator for BOOKING_PUBLIC_URL."


class NoChannelConfigured(Conflict):
    title = "This service sends no messages: ask its operator for a channel, such as BOOKING_SMTP_URL."


class PhoneRefused(Conflict):
    title = "No message reaches this phone by that channel."


class PhoneStopped(Conflict):
    title = "This phone wants no more messages by that channel: it has answered STOP."


class PhoneChannelNotConfigured(Conflict):
    title = "This service sends nothing by that channel: ask its operator."


class TooManyCalendarFeeds(Conflict):
    title = "You have as many calendar feeds as you may have: delete one first."


class TooManyPaidMessages(RateLimited):
    title = "The organization has sent as many paid messages today as it may."
