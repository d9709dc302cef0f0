-- Calendars of agents, read by their URL (ADR 87), which is a secret. Busy times are blocks; titles are never kept.
CREATE TABLE agent_calendars (
    organization_id uuid        NOT NULL,
    agent_id        uuid        NOT NULL,
    url             bytea       NOT NULL CHECK (length(url) BETWEEN 1 AND 4096),  -- encrypted by the service
    host            text        NOT NULL CHECK (length(host) BETWEEN 1 AND 253),
    etag            text        CHECK (length(etag) <= 1024),
    last_modified   text        CHECK (length(last_modified) <= 64),
    due_at          timestamptz NOT NULL DEFAULT booking_now(),
    whole_at        timestamptz,  -- when it was read whole
    read_at         timestamptz,
    failing_since   timestamptz,
    given_up_at     timestamptz,  -- its blocks were removed
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, agent_id),
    FOREIGN KEY (organization_id, agent_id) REFERENCES agents (organization_id, id),
    CHECK (given_up_at IS NULL OR failing_since IS NOT NULL)
);
CREATE INDEX agent_calendars_due ON agent_calendars (due_at);

ALTER TABLE blocks ADD COLUMN of_calendar boolean NOT NULL DEFAULT false;

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON agent_calendars TO %I', serving);
    EXECUTE format('GRANT UPDATE (etag, last_modified, due_at, whole_at, read_at, failing_since, given_up_at) '
                   'ON agent_calendars TO %I', serving);
END
$$;
