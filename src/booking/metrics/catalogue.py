"""Catalogue of all metrics. docs/metrics.md is made of it (`python -m tools.metrics_page`)."""

from booking.metrics.instruments import counter, histogram, level

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1, 2, 4, 8, 16, 32, 64)

# Requests
requests = counter(
    "booking_requests",
    "Requests answered, by the refusal's code where they were refused.",
    "route",
    "method",
    "status",
    "code",
)
request_seconds = histogram(
    "booking_request_seconds",
    "How long a request took until its answer began.",
    "route",
    "method",
    buckets=SECONDS,
)
in_flight = level("booking_requests_in_flight", "Requests that are being answered.", of_all="livesum")
rate_limited = counter("booking_rate_limited", "Requests refused by a rate limit.", "limit")
streams = level("booking_streams", "Streams that are open.", of_all="livesum")
inbound = counter("booking_inbound_messages", "Messages that came by HTTP.", "sender", "outcome")
cache = counter("booking_cache_looks", "Looks into a cache: whether what was looked for was there.", "cache", "outcome")

# Database
database_up = level("booking_database_up", "Whether the database answers: 1 or 0.")
database_info = level("booking_database_info", "1, by the database's version.", "version")
replication_lag = level(
    "booking_replication_lag_seconds",
    "How far the standby that is furthest behind is, as the primary sees it; absent without one, or where the role may"
    " not see it.",
)
pool_limit = level("booking_pool_limit", "Connections that the pools may have.", of_all="livesum")
pool = level("booking_pool_connections", "Connections of the pools, at work or idle.", "state", of_all="livesum")
pool_waiting = level("booking_pool_waiting", "Callers that wait for a connection.", of_all="livesum")
batches = histogram(
    "booking_batch_size", "Questions or claims that went to the database together.", "kind", buckets=SIZES
)
faults = counter("booking_database_faults", "Statements that failed, where the fault is not the statement's.", "fault")
retries = counter("booking_database_retries", "Attempts that were made again.")
partitions_end = level("booking_partitions_last_year", "The last year that has a partition of the events.")

# Events
events_waiting = level("booking_events_waiting", "Events that have no position yet.")
subscriber_lag = level(
    "booking_subscriber_lag_events",
    "Events that a subscription has not heard, of the one of its kind that is furthest behind.",
    "kind",
)
subscriber_age = level(
    "booking_subscriber_lag_seconds", "Age of the oldest event that a subscription of its kind has not heard.", "kind"
)
dead = level("booking_deliveries_dead", "Events that were given up, for an operator.", "kind")
resting = level(
    "booking_subscribers_resting",
    "Subscriptions that do not answer, and are asked with one event at a time.",
    "kind",
)
disabled = level("booking_subscribers_disabled", "Subscriptions that are disabled.", "kind")
attempts = counter("booking_delivery_attempts", "Attempts to hand an event on.", "kind", "outcome")

# Queue
queue_messages = level("booking_queue_messages", "Messages in the queue, as SQS estimates.", "state")
queue_dead = level("booking_queue_dead_letters", "Messages in the dead-letter queue, as SQS estimates.")
oldest_message = level(
    "booking_oldest_message_seconds",
    "How long ago the oldest message of the last batch was sent; 0 after an empty one.",
)
messages = counter("booking_messages", "Messages of the queue, by what came of them.", "outcome")
malformed = counter("booking_malformed_messages", "Messages that are no event of ours, by the field at fault.", "field")

# Notices
notices = counter("booking_notices", "Notices that came into a state.", "kind", "channel", "state")
oldest_notice = level(
    "booking_oldest_notice_seconds",
    "How long ago the first of the notices that are to be sent was due; 0 where none is.",
)

# Audit
seal_lag = level("booking_seal_lag_seconds", "Age of the oldest event in order that no seal covers; 0 where none is.")
breaches = level("booking_audit_breaches", "Faults of the seals, or of what they cover, that hold now.")

# Planning and figures
planning = level("booking_planning_due", "Schedules and calendars that are due, and jobs under way.", "kind")
figures_lag = level(
    "booking_figures_lag_seconds",
    "Age of the oldest event that figures were not computed by; 0 where there is none.",
)

# Processes
loop_failing = level(
    "booking_loop_failing", "Whether a background loop fails: 1, or 0 once it works.", "loop", of_all="livemax"
)
secret_changed = level(
    "booking_secret_changed_timestamp_seconds",
    "When the file of a secret was changed, since 1970; for those that are in files.",
    "secret",
)
build = level("booking_build_info", "1, by the release, and Python's.", "version", "python", of_all="livemax")

LABELS = {
    "cache": "what is kept: `callers`, `pages`, `tokens`",
    "channel": "by which somebody is told: `email`, `sms`, `whatsapp`",
    "code": "of a [refusal](refusals.md); empty where there is none",
    "fault": (
        "`deadlock`, `lock_timeout`, `plan_outdated`, `serialization`, `session_ended`, `statement_timeout`, or"
        " `unavailable`"
    ),
    "field": "of the [contract](../asyncapi.yaml), `event` or `message`",
    "kind": "of subscriptions, batches, notices or plans: names in the code",
    "limit": "`person`, `organization`, `writes`, `address`, `links`, `feeds`",
    "loop": "name of a background loop",
    "method": "of HTTP; `other` where it is none that is known",
    "outcome": "what came of it",
    "python": "its version",
    "route": "a path of the [contract](../openapi3.yaml); `other` where there is none",
    "secret": "name of its variable",
    "sender": "who sends by HTTP: a name in `BOOKING_INBOUND_SECRETS`, `ses`, `whatsapp`",
    "state": (
        "what it is in: messages `visible`, `in_flight` or `delayed`, connections `at_work` or `idle`, notices as they"
        " have it"
    ),
    "status": "of HTTP",
    "version": "of the release, or of the database",
}
"""What each label tells; none has more values than the code, the contract and the configuration name."""
