-- Acting without signing in (ADR 80): links that are made for a person, of which only the hash is kept.

CREATE TABLE links (
    organization_id uuid        NOT NULL,
    hash            bytea       NOT NULL CHECK (length(hash) = 32),
    purpose         text        NOT NULL CHECK (purpose IN (
        'confirm', 'cancel', 'move', 'accept_offer', 'decline_offer', 'calendar')),
    booking_id      uuid        NOT NULL,
    sequence        integer     NOT NULL CHECK (sequence >= 0),  -- of the booking, when it was made
    applicant_id    uuid        NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, hash),
    CHECK (created_at < expires_at),
    CHECK (used_at < expires_at),
    CHECK (purpose <> 'calendar' OR used_at IS NULL)
) WITH (fillfactor = 90);
CREATE INDEX links_of_person ON links (organization_id, applicant_id);
CREATE INDEX links_by_age ON links (expires_at);

-- Whoever acts by a link is the applicant, and has not signed in.
ALTER TABLE events ADD COLUMN actor_via text;
ALTER TABLE events ADD CONSTRAINT events_actor_via_check CHECK (actor_via = 'link') NOT VALID;

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, DELETE ON links TO %I', serving);
    EXECUTE format('GRANT INSERT (organization_id, hash, purpose, booking_id, sequence, applicant_id, expires_at) '
                   'ON links TO %I', serving);
    EXECUTE format('GRANT UPDATE (used_at) ON links TO %I', serving);
    EXECUTE format('GRANT INSERT (actor_via) ON events TO %I', serving);
END
$$;
