-- The feed's positions are told as tokens, under a secret of the database's own, and of an epoch: a restore raises it, so that
-- nobody takes up where another history went on (ADR 68).
CREATE TABLE feed (
    epoch   integer NOT NULL CHECK (epoch > 0),
    secret  bytea   NOT NULL CHECK (length(secret) = 32),
    single  boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO feed (epoch, secret) VALUES (1, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- Tickets for streams of readers that can send no header, by their hash: what the token said, and what is asked for (ADR 69).
CREATE TABLE stream_tickets (
    hash             bytea       PRIMARY KEY CHECK (length(hash) = 32),
    subject          text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    organization_id  uuid,
    role             text,
    issued_at        timestamptz,
    token_expires_at timestamptz,
    after            text        CHECK (length(after) <= 8192),
    types            text[]      NOT NULL,
    expires_at       timestamptz NOT NULL,
    CHECK ((organization_id IS NULL) = (role IS NULL))
);
CREATE INDEX stream_tickets_by_expiry ON stream_tickets (expires_at);

DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON stream_tickets TO %I', current_setting('booking.serving_role'));
    EXECUTE format('GRANT SELECT ON feed TO %I', current_setting('booking.serving_role'));
END
$$;
