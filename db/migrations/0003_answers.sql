-- What requests with an Idempotency-Key were told, kept for a day in the transaction of what they changed.
-- The key is a person's own, for one route (T87); the fingerprint tells whether the same was asked.

CREATE TABLE answers (
    organization_id  uuid        NOT NULL,
    subject          text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    route            text        NOT NULL CHECK (length(route) BETWEEN 1 AND 200),
    key              text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint      bytea       NOT NULL CHECK (length(fingerprint) = 32),
    status           smallint    NOT NULL CHECK (status BETWEEN 200 AND 499),  -- a 5xx is never kept
    headers          jsonb       NOT NULL,
    body             bytea       NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, subject, route, key)
);
CREATE INDEX answers_by_age ON answers (created_at);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON answers TO %I', serving);
END
$$;
