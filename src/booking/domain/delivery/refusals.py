"""Refusals that are of the feed, streams and webhooks."""

from booking.domain.refusals import Conflict, Impossible, NotFound, RateLimited


class WebhookEndpointNotFound(NotFound):
    title = "Your organization has no such webhook endpoint."


class TooManyWebhookEndpoints(Conflict):
    title = "The organization has as many webhook endpoints as it may have: delete one first."


class TooManyStreams(RateLimited):
    title = "You have as many streams open as one person may: close one of them."


class ReplayTooLarge(Impossible):
    title = "These are more events than one replay may have: replay them in parts."
