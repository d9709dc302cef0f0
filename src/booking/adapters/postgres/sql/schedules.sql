-- Schedules: h is a schedule, o an occurrence of it, s its slot.

-- name: add
INSERT INTO schedules (organization_id, id, property_id, agent_id, time_zone, rules, slot_minutes, gap_minutes, capacity,
                       horizon_days, since, until, due_at, created_at, updated_at)
VALUES (:organization_id, :id, :property_id, :agent_id, :time_zone, :rules, :slot_minutes, :gap_minutes, :capacity,
        :horizon_days, :since, :until, :due_at, :created_at, :updated_at)

-- name: add_occurrences
INSERT INTO schedule_occurrences (organization_id, schedule_id, occurrence, start_time, end_time, state, reason, slot_id)
SELECT :organization_id::uuid, :schedule_id::uuid, given.occurrence, given.start_time, given.end_time, given.state,
       given.reason, given.slot_id
FROM unnest(:occurrence::timestamp[], :start_time::timestamptz[], :end_time::timestamptz[], :state::text[],
            :reason::text[], :slot_id::uuid[])
    AS given (occurrence, start_time, end_time, state, reason, slot_id)

-- name: get
SELECT h.* FROM schedules h WHERE h.organization_id = :organization_id AND h.id = :id

-- name: of_organization
SELECT h.* FROM schedules h
WHERE h.organization_id = :organization_id
  AND h.property_id = :property_id  -- if property_id
  AND h.agent_id = :agent_id  -- if agent_id
  AND h.id > :after_id  -- if after_id
ORDER BY h.id
LIMIT :most

-- name: occurrences
-- A slot that was cancelled is a deleted occurrence, whoever cancelled it.
SELECT o.*, CASE WHEN s.cancelled_at IS NULL THEN o.state ELSE 'deleted' END AS state_now
FROM schedule_occurrences o
LEFT JOIN slots s ON s.organization_id = o.organization_id AND s.id = o.slot_id
WHERE o.organization_id = :organization_id AND o.schedule_id = :schedule_id
  AND o.occurrence > :after  -- if after
ORDER BY o.occurrence
LIMIT :most
