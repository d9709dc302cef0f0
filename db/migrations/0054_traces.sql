-- Places in traces that the events of a request go on from: of requests that are traced alone, for a day, and in no seal (ADR 104).
CREATE TABLE traces (
    organization_id uuid         NOT NULL,  -- of the events
    request_id      request_name NOT NULL,  -- as the events have it
    parent          text         NOT NULL CHECK (parent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$'),
    created_at      timestamptz  NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, request_id)
);
CREATE INDEX traces_by_age ON traces (created_at);

DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT (organization_id, request_id, parent), DELETE ON traces TO %I',
                   current_setting('booking.serving_role'));
END
$$;
