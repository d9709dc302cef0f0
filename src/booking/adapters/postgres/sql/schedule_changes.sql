-- Changes of schedules: h is a schedule, o an occurrence of it, s its slot.

-- name: agents_of
-- Agents of the live slots to come; they are locked before the schedule.
SELECT DISTINCT s.agent_id
FROM schedule_occurrences o
JOIN slots s ON s.organization_id = o.organization_id AND s.id = o.slot_id
WHERE o.organization_id = :organization_id AND o.schedule_id = :schedule_id
  AND s.cancelled_at IS NULL AND s.start_time > booking_now()

-- name: lock
SELECT h.*, booking_now() AS at FROM schedules h
WHERE h.organization_id = :organization_id AND h.id = :id
FOR NO KEY UPDATE

-- name: changing
SELECT FROM schedule_occurrences o
JOIN jobs j ON j.organization_id = o.organization_id AND j.id = o.job_id
WHERE o.organization_id = :organization_id AND o.schedule_id = :schedule_id AND j.ended_at IS NULL
LIMIT 1

-- name: coming
-- Occurrences to come, where their slot is by now.
SELECT o.*, CASE WHEN s.cancelled_at IS NULL THEN o.state ELSE 'deleted' END AS state_now,
       CASE WHEN s.cancelled_at IS NULL AND s.start_time > booking_now() THEN s.agent_id END AS shown_by
FROM schedule_occurrences o
LEFT JOIN slots s ON s.organization_id = o.organization_id AND s.id = o.slot_id
WHERE o.organization_id = :organization_id AND o.schedule_id = :schedule_id
  AND greatest(s.start_time, o.start_time) > booking_now()
  AND o.occurrence = :only  -- if only
  AND o.occurrence >= :since  -- if since
ORDER BY o.occurrence

-- name: slots_of
-- Slots as they are without a lock. Read with rows.empty_from.
SELECT {slot}, {rules}, {names}, booking_now() AS at
FROM slots s {terms}
WHERE s.organization_id = :organization_id AND s.id = ANY(:ids::uuid[])
ORDER BY s.id

-- name: change
UPDATE schedules
SET rules = :rules, slot_minutes = :slot_minutes, gap_minutes = :gap_minutes, capacity = :capacity,
    horizon_days = :horizon_days, until = :until, ended_at = :ended_at, updated_at = :updated_at, version = :version,
    due_at = coalesce(:due_at, due_at)
WHERE organization_id = :organization_id AND id = :id

-- name: write_occurrences
-- Where the rules put an occurrence stays, whatever becomes of its slot.
INSERT INTO schedule_occurrences (organization_id, schedule_id, occurrence, start_time, end_time, state, reason, slot_id)
SELECT :organization_id::uuid, :schedule_id::uuid, given.occurrence, given.start_time, given.end_time, given.state,
       given.reason, given.slot_id
FROM unnest(:occurrence::timestamp[], :start_time::timestamptz[], :end_time::timestamptz[], :state::text[],
            :reason::text[], :slot_id::uuid[])
    AS given (occurrence, start_time, end_time, state, reason, slot_id)
ON CONFLICT (organization_id, schedule_id, occurrence)
    DO UPDATE SET state = EXCLUDED.state, reason = EXCLUDED.reason, slot_id = EXCLUDED.slot_id

-- name: leave_to_job
UPDATE schedule_occurrences SET job_id = :job_id
WHERE organization_id = :organization_id AND schedule_id = :schedule_id AND slot_id = ANY(:slot_ids::uuid[])

-- name: of_job
SELECT {slot}
FROM schedule_occurrences o
JOIN slots s ON s.organization_id = o.organization_id AND s.id = o.slot_id
WHERE o.organization_id = :organization_id AND o.schedule_id = :schedule_id AND o.job_id = :job_id
ORDER BY o.occurrence
LIMIT :most

-- name: release
-- Slots that a revision has ended: the rules of now decide on their occurrences anew.
UPDATE schedule_occurrences SET state = 'skipped', reason = 'schedule_changed', slot_id = NULL
WHERE organization_id = :organization_id AND schedule_id = :schedule_id AND slot_id = ANY(:slot_ids::uuid[])
