-- Times of agents (ADR 87): their slots, and blocks, in which they have none. One table, so that one constraint holds the two apart.
-- It is written with a slot, or a block, and never with a booking.

CREATE TABLE blocks (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    agent_id        uuid        NOT NULL,
    start_time      timestamptz NOT NULL,
    end_time        timestamptz NOT NULL,
    reason          text        CHECK (length(reason) <= 500),  -- the agent's private words
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, agent_id) REFERENCES agents (organization_id, id),
    CHECK (end_time > start_time)
);
CREATE INDEX blocks_of_agent ON blocks (organization_id, agent_id, start_time, id);

CREATE TABLE agent_times (
    organization_id uuid      NOT NULL,
    agent_id        uuid      NOT NULL,
    kind            text      NOT NULL CHECK (kind IN ('slot', 'block')),
    id              uuid      NOT NULL,
    during          tstzrange NOT NULL CHECK (NOT isempty(during)),  -- of a block, what was ahead of it when it was made
    PRIMARY KEY (organization_id, agent_id, kind, id),
    -- Blocks may overlap each other. Slots may not, by a constraint of their own, which goes by the buffers too.
    EXCLUDE USING gist (agent_id WITH =, organization_id WITH =, kind WITH <>, during WITH &&)
);

-- What an older process writes from now on is brought in when a block is made, under the lock of its agent.
INSERT INTO agent_times (organization_id, agent_id, kind, id, during)
SELECT organization_id, agent_id, 'slot', id, tstzrange(start_time, end_time)
FROM slots WHERE cancelled_at IS NULL AND end_time > booking_now();

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON agent_times, blocks TO %I', serving);
END
$$;
