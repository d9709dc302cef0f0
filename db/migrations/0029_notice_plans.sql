-- When people are reminded, by which channels, and when they are left in peace (ADR 78): what an organization (no property) or
-- a property has set; null leaves a field as it is.
CREATE TABLE notice_plans (
    organization_id uuid        NOT NULL,
    property_id     uuid,
    version         integer     NOT NULL CHECK (version >= 1),
    offsets         interval[]  CHECK (cardinality(offsets) <= 10 AND interval '0' < ALL (offsets)
                                       AND interval '30 days' >= ALL (offsets)),
    channels        text[]      CHECK (cardinality(channels) <= 3 AND channels <@ ARRAY['email', 'sms', 'whatsapp']),
    quiet           boolean,    -- whether there are quiet hours
    quiet_since     time,
    quiet_until     time,
    releases        boolean,    -- whether visits are released that nobody answers for
    release_before  interval    CHECK (release_before > interval '0' AND release_before <= interval '30 days'),
    trust_sent      boolean,
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    UNIQUE NULLS NOT DISTINCT (organization_id, property_id),
    CHECK ((quiet IS true) = (quiet_since IS NOT NULL) AND (quiet IS true) = (quiet_until IS NOT NULL)),
    CHECK (quiet_since <> quiet_until),
    CHECK ((releases IS true) = (release_before IS NOT NULL) AND (releases IS true) = (trust_sent IS NOT NULL))
);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT ON notice_plans TO %I', serving);
    EXECUTE format('GRANT UPDATE (version, offsets, channels, quiet, quiet_since, quiet_until, releases, release_before, '
                   'trust_sent, updated_at) ON notice_plans TO %I', serving);
END
$$;
