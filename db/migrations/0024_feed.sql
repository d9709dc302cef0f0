-- The feed's positions are told as tokens, under a secret of the database's own, and of an epoch: a restore raises it, so that
-- nobody takes up where another history went on (ADR 68).
CREATE TABLE feed (
    epoch   integer NOT NULL CHECK (epoch > 0),
    secret  bytea   NOT NULL CHECK (length(secret) = 32),
    single  boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO feed (epoch, secret) VALUES (1, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

DO $$
BEGIN
    EXECUTE format('GRANT SELECT ON feed TO %I', current_setting('booking.serving_role'));
END
$$;
