-- Events in yearly partitions, each with a position that is given out after its commit; and what is still to be handed
-- on, apart from them.
--
-- An identity is no commit order, so whoever follows the events follows positions (T62): one sequencer at a time takes
-- the next ones from the row below. Of an event the serving role may write its position, once, and nothing else.

ALTER TABLE events RENAME TO events_before;
ALTER INDEX events_pkey RENAME TO events_before_pkey;
ALTER INDEX events_waiting RENAME TO events_before_waiting;
ALTER SEQUENCE events_seq_seq RENAME TO events_before_seq;

CREATE SEQUENCE events_seq;
CREATE TABLE events (
    organization_id  uuid        NOT NULL,
    id               uuid        NOT NULL,
    seq              bigint      NOT NULL DEFAULT nextval('events_seq'),  -- the order within one slot or booking, and of nothing more
    type             text        NOT NULL CHECK (length(type) BETWEEN 1 AND 64),
    occurred_at      timestamptz NOT NULL DEFAULT booking_now(),
    actor_subject    text        CHECK (length(actor_subject) <= 255),
    actor_role       text        NOT NULL CHECK (actor_role IN ('applicant', 'member', 'admin', 'screening', 'operator', 'system')),
    request_id       text        CHECK (length(request_id) <= 128),
    slot_id          uuid,
    booking_id       uuid,
    applicant_id     uuid,
    agent_id         uuid,
    property_id      uuid,
    from_state       text        CHECK (length(from_state) <= 64),
    to_state         text        NOT NULL CHECK (length(to_state) BETWEEN 1 AND 64),
    relayed_at       timestamptz,  -- for the release before this one: when it need not hand it on any more
    position         bigint      CHECK (position > 0),
    PRIMARY KEY (organization_id, id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX events_to_place ON events (seq) WHERE position IS NULL;
CREATE INDEX events_of_organization ON events (organization_id, position);
CREATE INDEX events_in_order ON events (position);

-- `booking migrate` adds the years to come; what falls into none of them is kept by the last one all the same.
CREATE TABLE events_rest PARTITION OF events DEFAULT;
DO $$
BEGIN
    FOR year IN extract(year FROM now())::int - 1 .. extract(year FROM now())::int + 3 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%L) TO (%L)',
            'events_' || year, make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC'));
    END LOOP;
END
$$;

INSERT INTO events (organization_id, id, seq, type, occurred_at, actor_subject, actor_role, request_id, slot_id,
                    booking_id, applicant_id, agent_id, property_id, from_state, to_state, relayed_at, position)
SELECT organization_id, id, seq, type, occurred_at, actor_subject, actor_role, request_id, slot_id,
       booking_id, applicant_id, agent_id, property_id, from_state, to_state, relayed_at,
       CASE WHEN relayed_at IS NOT NULL THEN row_number() OVER (ORDER BY relayed_at IS NULL, seq) END
FROM events_before;
SELECT setval('events_seq', (SELECT last_value FROM events_before_seq));
DROP TABLE events_before;

CREATE TABLE positions (
    last    bigint  NOT NULL,
    single  boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO positions (last) SELECT coalesce(max(position), 0) FROM events;

-- What waits to be handed on, is under way, or is dead. Whoever takes a row moves due_at past the end of their lease,
-- and the token on: a stale worker's word on it does not count any more.
CREATE TABLE deliveries (
    organization_id  uuid        NOT NULL,
    event_id         uuid        NOT NULL,
    occurred_at      timestamptz NOT NULL,
    position         bigint      NOT NULL,
    line             uuid        NOT NULL,  -- the booking, or else what the event is about: its order is kept
    attempts         smallint    NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at           timestamptz NOT NULL DEFAULT booking_now(),
    token            bigint      NOT NULL DEFAULT 0,
    reason           text        CHECK (length(reason) <= 200),
    died_at          timestamptz,
    PRIMARY KEY (organization_id, event_id),
    FOREIGN KEY (organization_id, event_id, occurred_at) REFERENCES events (organization_id, id, occurred_at)
);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE died_at IS NULL;
CREATE INDEX deliveries_in_line ON deliveries (organization_id, line, position) WHERE died_at IS NULL;
CREATE INDEX deliveries_dead ON deliveries (position) WHERE died_at IS NOT NULL;

-- Batches of events in the order of their positions: each digest covers the one before, and is keyed by a secret that
-- is not in the database, so that nobody who has only this can mend a chain that they broke (T61).
CREATE TABLE seals (
    number     bigint      PRIMARY KEY CHECK (number > 0),
    first      bigint      NOT NULL,
    last       bigint      NOT NULL,
    content    bytea       NOT NULL CHECK (length(content) = 32),  -- of the events alone: it outlives their retention
    digest     bytea       NOT NULL CHECK (length(digest) = 32),
    sealed_at  timestamptz NOT NULL,
    CHECK (first > 0 AND last >= first)
);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT USAGE ON SEQUENCE events_seq TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT ON events, seals TO %I', serving);
    EXECUTE format('GRANT UPDATE (position, relayed_at) ON events TO %I', serving);
    EXECUTE format('GRANT SELECT, UPDATE (last) ON positions TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON deliveries TO %I', serving);
END
$$;
