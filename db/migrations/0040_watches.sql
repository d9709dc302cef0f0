-- People who wish to hear of free places at a property, in order of arrival (ADR 86). Nothing is reserved by it.
CREATE TABLE watches (
    organization_id uuid        NOT NULL,
    property_id     uuid        NOT NULL,
    applicant_id    uuid        NOT NULL,
    since           timestamptz NOT NULL,
    until           timestamptz NOT NULL,
    weekdays        text[]      NOT NULL CHECK (cardinality(weekdays) BETWEEN 1 AND 7),
    dismissed_at    timestamptz,  -- the last notice of a free place; the next place is told again
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, property_id, applicant_id),
    FOREIGN KEY (organization_id, applicant_id) REFERENCES applicants (organization_id, id),
    CHECK (since < until),
    CHECK (weekdays <@ ARRAY['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'])
);
CREATE INDEX watches_of_person ON watches (organization_id, applicant_id);
CREATE INDEX watches_by_end ON watches (until);

-- Places that came free while somebody watched: who is told of each, and up to whom in the order of arrival that is done.
CREATE TABLE freed_places (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,  -- of the event that freed it
    slot_id         uuid        NOT NULL,
    given_up_by     uuid,
    happened_at     timestamptz NOT NULL,
    after_created   timestamptz NOT NULL DEFAULT '-infinity',
    after_id        uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX freed_places_by_age ON freed_places (happened_at);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, DELETE ON watches, freed_places TO %I', serving);
    EXECUTE format('GRANT INSERT (organization_id, property_id, applicant_id, since, until, weekdays) ON watches TO %I', serving);
    EXECUTE format('GRANT UPDATE (since, until, weekdays, dismissed_at, updated_at) ON watches TO %I', serving);
    EXECUTE format('GRANT INSERT (organization_id, id, slot_id, given_up_by, happened_at), UPDATE (after_created, after_id) '
                   'ON freed_places TO %I', serving);
END
$$;
