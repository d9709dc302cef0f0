-- The schema of the booking service. Plain SQL is the source of truth; src/booking/adapters/postgres/tables.py follows it.
--
-- Every key, unique and exclusion constraint and both sides of every foreign key begin with organization_id, so that
-- no row can point across tenants (T29) and the tables can be distributed by it. What the service promises is held
-- here; the domain only gives the reason in words.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The one clock. Only the owning role can replace it; tests do, so that time can jump.
CREATE FUNCTION booking_now() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT now()';

CREATE TABLE agents (
    organization_id  uuid        NOT NULL,
    id               uuid        NOT NULL,
    subject          text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    claimed_role     text        CHECK (claimed_role IN ('member', 'admin')),      -- by the newest signed claims
    provisioned_role text        CHECK (provisioned_role IN ('member', 'admin')),  -- by an operator's command
    created_at       timestamptz NOT NULL DEFAULT booking_now(),
    updated_at       timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, subject)
);
CREATE INDEX agents_by_provisioned_subject ON agents (subject) WHERE provisioned_role IS NOT NULL;

CREATE TABLE applicants (
    organization_id  uuid        NOT NULL,
    id               uuid        NOT NULL,
    external_id      uuid        NOT NULL,  -- the screening service's id of the person
    user_id          text        CHECK (length(user_id) BETWEEN 1 AND 255),        -- the login; linked once (T21)
    unlinked_from    text        CHECK (length(unlinked_from) BETWEEN 1 AND 255),  -- the login an operator took away
    name             text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email            text        NOT NULL CHECK (length(email) BETWEEN 3 AND 320),
    risk_level       text        NOT NULL CHECK (risk_level IN ('LOW', 'MEDIUM', 'HIGH')),
    screened_at      timestamptz NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT booking_now(),
    updated_at       timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, external_id)   -- not over all tenants: one person may be an applicant of several (T26)
);
CREATE UNIQUE INDEX applicants_one_login ON applicants (organization_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX applicants_by_login ON applicants (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX applicants_to_link ON applicants (lower(email COLLATE "C")) WHERE user_id IS NULL;

-- A booking changes only status and updated_at, which no index and no predicate here mentions, so that the row is
-- updated in place (HOT); the room left in each page is for that.
CREATE TABLE slots (
    organization_id  uuid        NOT NULL,
    id               uuid        NOT NULL,
    property_id      uuid        NOT NULL,
    agent_id         uuid        NOT NULL,
    start_time       timestamptz NOT NULL,
    end_time         timestamptz NOT NULL,
    status           text        NOT NULL CHECK (status IN ('available', 'booked', 'cancelled')),
    cancelled_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT booking_now(),
    updated_at       timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, agent_id) REFERENCES agents (organization_id, id),
    CHECK (end_time > start_time),
    CHECK (end_time - start_time <= interval '8 hours'),
    CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
    -- The IS TRUE keeps the planner from choosing these for lists, which the B-trees below serve four times as fast.
    EXCLUDE USING gist (organization_id WITH =, agent_id WITH =, tstzrange(start_time, end_time) WITH &&)
        WHERE ((cancelled_at IS NULL) IS TRUE),
    EXCLUDE USING gist (organization_id WITH =, property_id WITH =, tstzrange(start_time, end_time) WITH &&)
        WHERE ((cancelled_at IS NULL) IS TRUE)
) WITH (fillfactor = 70);
CREATE INDEX slots_of_property ON slots (organization_id, property_id, start_time, id) WHERE cancelled_at IS NULL;
CREATE INDEX slots_of_agent ON slots (organization_id, agent_id, start_time, id);
CREATE INDEX slots_of_organization ON slots (organization_id, start_time, id);

CREATE TABLE bookings (
    organization_id  uuid        NOT NULL,
    id               uuid        NOT NULL,
    slot_id          uuid        NOT NULL,
    applicant_id     uuid        NOT NULL,
    status           text        NOT NULL CHECK (status IN ('confirmed', 'cancelled_by_applicant', 'cancelled_by_agent')),
    notes            text        NOT NULL CHECK (length(notes) <= 2000),
    created_at       timestamptz NOT NULL DEFAULT booking_now(),
    updated_at       timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, slot_id) REFERENCES slots (organization_id, id),
    FOREIGN KEY (organization_id, applicant_id) REFERENCES applicants (organization_id, id)
);
-- One live booking a place; a cancelled one leaves it free (T1).
CREATE UNIQUE INDEX bookings_one_live ON bookings (organization_id, slot_id) WHERE status = 'confirmed';
CREATE INDEX bookings_of_slot ON bookings (organization_id, slot_id);
CREATE INDEX bookings_of_applicant ON bookings (organization_id, applicant_id);

-- Outbox, audit and change feed at once: written in the transaction that causes the event, never changed. The serving
-- role may set relayed_at and nothing else. No foreign keys: the record outlives what it tells of.
CREATE TABLE events (
    organization_id  uuid        NOT NULL,
    id               uuid        NOT NULL,
    seq              bigint      GENERATED ALWAYS AS IDENTITY,  -- the order within one slot or booking, and of nothing more (T62)
    type             text        NOT NULL CHECK (length(type) BETWEEN 1 AND 64),
    occurred_at      timestamptz NOT NULL DEFAULT booking_now(),
    actor_subject    text        CHECK (length(actor_subject) <= 255),
    actor_role       text        NOT NULL CHECK (actor_role IN ('applicant', 'member', 'admin', 'screening', 'operator')),
    request_id       text        CHECK (length(request_id) <= 128),
    slot_id          uuid,
    booking_id       uuid,
    applicant_id     uuid,
    agent_id         uuid,
    property_id      uuid,
    from_state       text        CHECK (length(from_state) <= 64),
    to_state         text        NOT NULL CHECK (length(to_state) BETWEEN 1 AND 64),
    relayed_at       timestamptz,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX events_waiting ON events (seq) WHERE relayed_at IS NULL;

-- The serving role, whose name `booking migrate` sets: what it needs, and the limits that no pooler can refuse.
DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), serving);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON agents, applicants TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT ON slots, bookings, events TO %I', serving);
    EXECUTE format('GRANT UPDATE (status, cancelled_at, updated_at) ON slots TO %I', serving);
    EXECUTE format('GRANT UPDATE (status, updated_at) ON bookings TO %I', serving);
    EXECUTE format('GRANT UPDATE (relayed_at) ON events TO %I', serving);
    EXECUTE format('GRANT SELECT ON schema_migrations TO %I', serving);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', serving, '3s');
    EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', serving, '1s');
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', serving, '5s');
END
$$;
