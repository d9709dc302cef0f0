-- Messages that senders have posted, each noted in the transaction of its effect, so that its repetition has none (ADR 70).
CREATE TABLE inbound (
    organization_id  uuid        NOT NULL,  -- that the message speaks of
    sender           text        NOT NULL CHECK (length(sender) BETWEEN 1 AND 64),
    id               text        NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
    created_at       timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, sender, id)
);
CREATE INDEX inbound_by_age ON inbound (created_at);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT (organization_id, sender, id), DELETE ON inbound TO %I', serving);
END
$$;
