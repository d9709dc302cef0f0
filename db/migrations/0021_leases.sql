-- What one process of all may do at a time: each has a lease by its name, which goes by clock_timestamp(). A write under it
-- names its token, so that a holder that stood still for longer than its lease writes nothing (ADR 52).
CREATE TABLE leases (
    name          text         PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    token         bigint       NOT NULL,
    leased_until  timestamptz  NOT NULL
);
DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (token, leased_until) ON leases TO %I', current_setting('booking.serving_role'));
END
$$;
