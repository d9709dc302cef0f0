-- How many requests a person, or an organization (who is empty), has been given in a minute, over all processes, which
-- take them in blocks. Unlogged: after a crash everybody begins anew.

CREATE UNLOGGED TABLE budgets (
    organization_id  uuid        NOT NULL,
    who              text        NOT NULL CHECK (length(who) <= 255),
    period           timestamptz NOT NULL,
    used             bigint      NOT NULL CHECK (used >= 0),
    PRIMARY KEY (organization_id, who, period)
);
CREATE INDEX budgets_by_age ON budgets (period);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON budgets TO %I', serving);
END
$$;
