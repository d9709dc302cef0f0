-- Endpoints of other services, which hear what happens over HTTP (ADR 71). An endpoint is a subscription of its organization,
-- of the kind `webhook`: `target` is its URL, and `event_types` its filter.

-- Whether a subscriber answers. One that does not is asked with one event at a time, at longer and longer intervals.
ALTER TABLE subscriptions
    ADD COLUMN failures      integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),  -- in a row
    ADD COLUMN failing_since timestamptz,                                           -- when the first of these was
    ADD COLUMN failed_at     timestamptz,                                           -- and the last one
    ADD COLUMN rests_until   timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN disabled_at   timestamptz;                                           -- nothing is handed on any more
ALTER TABLE subscriptions ADD CHECK ((failures = 0) = (failing_since IS NULL) AND (failures = 0) = (failed_at IS NULL));
ALTER TABLE subscriptions ADD CHECK (kind <> 'webhook' OR target IS NOT NULL);

-- What is to be handed on again is found by its position, however much of it there is: a replay makes 100,000 rows.
CREATE INDEX deliveries_in_order ON deliveries (subscription_organization_id, subscription_id, position)
    WHERE died_at IS NULL;

-- Of a delivery that is under way for longer than its batch waited.
ALTER TABLE deliveries ADD COLUMN under_way_until timestamptz;
CREATE INDEX deliveries_under_way ON deliveries (subscription_organization_id, subscription_id)
    WHERE under_way_until IS NOT NULL;

CREATE TABLE webhook_endpoints (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    number          smallint    NOT NULL CHECK (number BETWEEN 1 AND 20),  -- so that there are twenty at most
    version         integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    description     text        CHECK (length(description) BETWEEN 1 AND 500),
    secret          bytea       NOT NULL CHECK (length(secret) BETWEEN 1 AND 512),  -- encrypted by the service
    former_secret   bytea       CHECK (length(former_secret) BETWEEN 1 AND 512),
    former_until    timestamptz,
    warned_at       timestamptz,  -- that it will be disabled
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, number),
    FOREIGN KEY (organization_id, id) REFERENCES subscriptions (organization_id, id) ON DELETE CASCADE,
    CHECK ((former_secret IS NULL) = (former_until IS NULL))
);

-- Attempts to hand on, for 30 days. The ids are in the order of time.
CREATE TABLE webhook_attempts (
    organization_id uuid        NOT NULL,
    endpoint_id     uuid        NOT NULL,
    id              uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    type            text        NOT NULL CHECK (length(type) BETWEEN 1 AND 64),
    position        bigint      CHECK (position >= 1),  -- among the organization's events; none of a test
    attempt         smallint    NOT NULL CHECK (attempt >= 1),
    attempted_at    timestamptz NOT NULL,
    ms              integer     NOT NULL CHECK (ms >= 0),
    status          smallint,  -- of the answer; none where there was none
    failure         text        CHECK (length(failure) BETWEEN 1 AND 64),  -- none: it was heard
    answer          text        CHECK (length(answer) <= 1024),  -- as much of it as is kept
    PRIMARY KEY (organization_id, endpoint_id, id)
);
CREATE INDEX webhook_attempts_by_age ON webhook_attempts (attempted_at);
CREATE INDEX webhook_attempts_of_event ON webhook_attempts (organization_id, endpoint_id, event_id, id);
CREATE INDEX webhook_attempts_failed ON webhook_attempts (organization_id, endpoint_id, id) WHERE failure IS NOT NULL;

-- An event about an endpoint names it.
ALTER TABLE events ADD COLUMN endpoint_id uuid;

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT INSERT (organization_id, id, kind, event_types, target, position), DELETE ON subscriptions TO %I', serving);
    EXECUTE format('GRANT UPDATE (event_types, target, failures, failing_since, failed_at, rests_until, disabled_at)'
                   ' ON subscriptions TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON webhook_endpoints TO %I', serving);
    EXECUTE format('GRANT UPDATE (version, description, secret, former_secret, former_until, warned_at, updated_at)'
                   ' ON webhook_endpoints TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON webhook_attempts TO %I', serving);
    EXECUTE format('GRANT INSERT (endpoint_id) ON events TO %I', serving);
END
$$;
