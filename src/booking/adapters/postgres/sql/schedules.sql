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
ON CONFLICT (organization_id, schedule_id, occurrence) DO UPDATE
    SET start_time = EXCLUDED.start_time, end_time = EXCLUDED.end_time, state = EXCLUDED.state, reason = EXCLUDED.reason,
        slot_id = EXCLUDED.slot_id, created_at = EXCLUDED.created_at
    WHERE schedule_occurrences.reason = 'schedule_changed'

-- name: take_due
-- Over all organizations, for the holder of the lease.
UPDATE schedules h SET due_at = booking_now() + interval '5 minutes'
FROM (
    SELECT d.organization_id, d.id FROM schedules d
    WHERE d.ended_at IS NULL AND d.due_at <= booking_now()
      AND EXISTS (SELECT FROM leases l WHERE l.name = :lease AND l.token = :token FOR SHARE)
    ORDER BY d.due_at LIMIT 10 FOR NO KEY UPDATE SKIP LOCKED) due
WHERE h.organization_id = due.organization_id AND h.id = due.id
RETURNING h.*

-- name: decided_on
-- A day back, for the local time of no zone is further behind.
SELECT o.occurrence FROM schedule_occurrences o
WHERE o.organization_id = :organization_id AND o.schedule_id = :schedule_id
  AND o.occurrence > (booking_now() AT TIME ZONE 'UTC') - interval '1 day'
  AND o.reason IS DISTINCT FROM 'schedule_changed'

-- name: lock
SELECT FROM schedules h
WHERE h.organization_id = :organization_id AND h.id = :id AND h.version = :version AND h.ended_at IS NULL
FOR NO KEY UPDATE

-- name: set_due
UPDATE schedules h SET due_at = :due_at WHERE h.organization_id = :organization_id AND h.id = :id

-- name: end
UPDATE schedules h SET ended_at = booking_now(), updated_at = booking_now(), version = h.version + 1
WHERE h.organization_id = :organization_id AND h.id = :id

-- name: wake_of_agent
-- A schedule of an agent without a role ends when it is looked at; while a job ends its slots, that is after the job.
UPDATE schedules h SET due_at = booking_now()
WHERE h.organization_id = :organization_id AND h.agent_id = :agent_id AND h.ended_at IS NULL AND h.due_at < '9999-01-01Z'

-- name: coming
-- Slots to come where their schedule put them, over all organizations.
SELECT o.organization_id, o.schedule_id, o.slot_id, o.occurrence, s.start_time, h.time_zone
FROM schedule_occurrences o
JOIN slots s ON s.organization_id = o.organization_id AND s.id = o.slot_id
JOIN schedules h ON h.organization_id = o.organization_id AND h.id = o.schedule_id
WHERE s.cancelled_at IS NULL AND s.start_time > booking_now() AND s.start_time = o.start_time
ORDER BY o.organization_id, s.start_time, o.slot_id

-- name: get
SELECT h.* FROM schedules h WHERE h.organization_id = :organization_id AND h.id = :id

-- name: of_organization
SELECT h.* FROM schedules h
WHERE h.organization_id = :organization_id
  AND h.property_id = :property_id  -- if property_id
  AND h.agent_id = :agent_id  -- if agent_id
  AND h.id = (SELECT o.schedule_id FROM schedule_occurrences o WHERE o.organization_id = :organization_id AND o.slot_id = :slot_id)  -- if slot_id
  AND h.id > :after_id  -- if after_id
ORDER BY h.id
LIMIT :most

-- name: occurrences
-- A slot that was cancelled is a deleted occurrence, whoever cancelled it.
SELECT o.*, CASE WHEN s.cancelled_at IS NULL THEN o.state ELSE 'deleted' END AS state_now,
       s.agent_id AS slot_agent, s.start_time AS slot_start, s.end_time AS slot_end
FROM schedule_occurrences o
LEFT JOIN slots s ON s.organization_id = o.organization_id AND s.id = o.slot_id
WHERE o.organization_id = :organization_id AND o.schedule_id = :schedule_id
  AND o.start_time >= :since  -- if since
  AND o.start_time < :until  -- if until
  AND o.occurrence > :after  -- if after
ORDER BY o.occurrence
LIMIT :most
