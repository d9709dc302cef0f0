-- Schedules (ADR 89): rules in local time by which an agent shows a property. They are kept as local times and the name of a zone,
-- never as offsets, so that an update of the zones' rules changes nothing here.

CREATE TABLE schedules (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    property_id     uuid        NOT NULL,
    agent_id        uuid        NOT NULL,
    time_zone       text        NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 64),
    rules           jsonb       NOT NULL CHECK (jsonb_array_length(rules) BETWEEN 1 AND 10),
    slot_minutes    smallint    NOT NULL CHECK (slot_minutes BETWEEN 5 AND 480),
    gap_minutes     smallint    NOT NULL CHECK (gap_minutes BETWEEN 0 AND 480),
    capacity        smallint    NOT NULL CHECK (capacity BETWEEN 1 AND 200),
    horizon_days    smallint    NOT NULL CHECK (horizon_days BETWEEN 1 AND 366),
    since           timestamp,  -- of the part of a schedule that was cut: local, as the rules are
    until           timestamp,
    version         integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    due_at          timestamptz NOT NULL,  -- when its horizon is looked at next
    ended_at        timestamptz,
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, agent_id) REFERENCES agents (organization_id, id),
    FOREIGN KEY (organization_id, property_id) REFERENCES properties (organization_id, id)
);
CREATE INDEX schedules_of_agent ON schedules (organization_id, agent_id, id);
CREATE INDEX schedules_of_property ON schedules (organization_id, property_id, id);
CREATE INDEX schedules_due ON schedules (due_at) WHERE ended_at IS NULL;

-- What has come of each occurrence, by its local start. A row is never deleted: what was decided on is never made again.
CREATE TABLE schedule_occurrences (
    organization_id uuid        NOT NULL,
    schedule_id     uuid        NOT NULL,
    occurrence      timestamp   NOT NULL,
    start_time      timestamptz NOT NULL,
    end_time        timestamptz NOT NULL CHECK (end_time > start_time),
    state           text        NOT NULL CHECK (state IN ('made', 'skipped', 'deleted')),
    reason          text        CHECK (length(reason) BETWEEN 1 AND 64),  -- code of the refusal for which it was skipped
    slot_id         uuid,
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, schedule_id, occurrence),
    UNIQUE (organization_id, slot_id),
    FOREIGN KEY (organization_id, schedule_id) REFERENCES schedules (organization_id, id),
    FOREIGN KEY (organization_id, slot_id) REFERENCES slots (organization_id, id),
    CHECK (state <> 'made' OR slot_id IS NOT NULL),
    CHECK ((state = 'skipped') = (reason IS NOT NULL))
);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT ON schedules, schedule_occurrences TO %I', serving);
    EXECUTE format('GRANT UPDATE (property_id, agent_id, time_zone, rules, slot_minutes, gap_minutes, capacity, horizon_days, since,'
                   ' until, version, due_at, ended_at, updated_at) ON schedules TO %I', serving);
    EXECUTE format('GRANT UPDATE (start_time, end_time, state, reason, slot_id) ON schedule_occurrences TO %I', serving);
END
$$;
