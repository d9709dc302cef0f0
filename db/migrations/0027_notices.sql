-- People are told: a notice is one message to one person, by one channel (ADR 75). It has ids and times, and nothing that
-- tells of a person: names, addresses and words are read when it is handed over.

CREATE TABLE notices (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,  -- made of the three below, so that it is the same after a restore
    cause           text        NOT NULL CHECK (length(cause) BETWEEN 1 AND 200),
    kind            text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
    recipient       text        NOT NULL CHECK (recipient IN ('applicant', 'agent', 'organization')),
    recipient_id    uuid        NOT NULL,
    channel         text        NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
    booking_id      uuid,
    sequence        integer     CHECK (sequence >= 0),  -- of the booking, when it was made
    slot_id         uuid,
    property_id     uuid,
    agent_id        uuid,
    endpoint_id     uuid,
    actor_role      actor_role  NOT NULL,
    before_start    interval    CHECK (before_start > interval '0'),  -- of a reminder
    start_time      timestamptz,
    end_time        timestamptz,
    moved_from      timestamptz,
    happened_at     timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    not_after       timestamptz NOT NULL,  -- nothing is sent at that time, or later
    state           text        NOT NULL DEFAULT 'queued' CHECK (state IN (
        'queued', 'sending', 'sent', 'delivered', 'bounced', 'complained', 'failed', 'unknown', 'suppressed', 'obsolete')),
    reason          text        CHECK (length(reason) BETWEEN 1 AND 64),  -- of its state, in a word
    attempts        smallint    NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    attempted_at    timestamptz,
    under_way_until timestamptz,  -- by clock_timestamp(); later it is handed over again
    provider_id     text        CHECK (length(provider_id) BETWEEN 1 AND 200),
    ended_at        timestamptz,
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, cause, recipient_id, channel),
    CHECK (due_at < not_after),
    CHECK ((booking_id IS NULL) = (sequence IS NULL)),
    CHECK ((kind = 'reminder') = (before_start IS NOT NULL)),
    CHECK (kind <> 'reminder' OR due_at < start_time AND not_after <= start_time),
    CHECK ((state = 'sending') = (under_way_until IS NOT NULL)),
    CHECK ((state IN ('queued', 'sending')) = (ended_at IS NULL)),
    CHECK ((attempts = 0) = (attempted_at IS NULL)),
    CHECK (attempts > 0 OR state IN ('queued', 'obsolete', 'suppressed', 'failed'))
) WITH (fillfactor = 80);
CREATE INDEX notices_due ON notices (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX notices_of_booking ON notices (organization_id, booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX notices_of_person ON notices (organization_id, recipient_id);
CREATE INDEX notices_by_age ON notices (ended_at) WHERE ended_at IS NOT NULL;

-- Addresses that nothing is sent to any more, since they refuse it. No address can be read from what is kept.
CREATE TABLE suppressions (
    organization_id uuid        NOT NULL,
    channel         text        NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
    address         bytea       NOT NULL CHECK (length(address) = 32),
    reason          text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 64),
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, channel, address)
);

CREATE FUNCTION address_hash(organization uuid, address text) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT sha256(convert_to(organization::text || ' ' || lower(address COLLATE "C"), 'UTF8'))$$;

-- Organizations whose coming visits are gone through once, to plan their reminders: up to where in their slots that is done.
CREATE TABLE notice_sweeps (
    organization_id uuid        PRIMARY KEY,
    after_start     timestamptz NOT NULL,
    after_id        uuid        NOT NULL
);

CREATE OR REPLACE FUNCTION erase_applicant(organization uuid, applicant uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM suppressions s USING applicants a
    WHERE a.organization_id = organization AND a.id = applicant AND a.erased_at IS NULL
      AND s.organization_id = organization AND s.channel = 'email' AND s.address = address_hash(organization, a.email);
    UPDATE applicants
    SET name = 'erased', email = id || '@erased.invalid', risk_level = 'HIGH', user_id = NULL, unlinked_from = NULL,
        erased_at = booking_now(), updated_at = booking_now()
    WHERE organization_id = organization AND id = applicant AND erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM contacts WHERE organization_id = organization AND applicant_id = applicant;
    DELETE FROM notices WHERE organization_id = organization AND recipient_id = applicant;
    RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION erase_agent(organization uuid, agent uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE agents SET erased_at = booking_now(), updated_at = booking_now()
    WHERE organization_id = organization AND id = agent AND erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM suppressions s USING profiles p
    WHERE p.organization_id = organization AND p.agent_id = agent
      AND s.organization_id = organization AND s.channel = 'email' AND s.address = address_hash(organization, p.email);
    DELETE FROM profiles WHERE organization_id = organization AND agent_id = agent;
    DELETE FROM notices WHERE organization_id = organization AND recipient_id = agent;
    RETURN true;
END
$$;

DO $$
DECLARE
    serving    text := current_setting('booking.serving_role');
    definition text;
BEGIN
    FOREACH definition IN ARRAY ARRAY['erase_applicant(uuid, uuid)', 'erase_agent(uuid, uuid)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definition, current_schema());
    END LOOP;
    EXECUTE format('GRANT SELECT, DELETE ON notices TO %I', serving);
    EXECUTE format('GRANT INSERT (organization_id, id, cause, kind, recipient, recipient_id, channel, booking_id, sequence, '
                   'slot_id, property_id, agent_id, endpoint_id, actor_role, before_start, start_time, end_time, moved_from, '
                   'happened_at, due_at, not_after) ON notices TO %I', serving);
    EXECUTE format('GRANT UPDATE (due_at, state, reason, attempts, attempted_at, under_way_until, provider_id, ended_at) '
                   'ON notices TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT ON suppressions TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT, DELETE, UPDATE (after_start, after_id) ON notice_sweeps TO %I', serving);
END
$$;
