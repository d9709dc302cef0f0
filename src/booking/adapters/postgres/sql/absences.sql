-- Absences: k is the block of one, s a slot that leaves its agent for it.

-- name: leaving
-- Coming slots of an agent at that time. Read with rosters.empty_from.
SELECT {slot}, {rules}, {names}, booking_now() AS at
FROM slots s {terms}
WHERE s.organization_id = :organization_id AND s.agent_id = :agent_id AND s.cancelled_at IS NULL
  AND s.start_time > booking_now() AND s.start_time > :start_time::timestamptz - {longest}
  AND s.start_time < :end_time::timestamptz AND s.end_time > :start_time
ORDER BY s.start_time, s.id

-- name: left
-- Those that are left under a block, but some; none where it was removed.
SELECT {slot}
FROM blocks k
JOIN slots s ON s.organization_id = k.organization_id AND s.agent_id = k.agent_id
WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id AND k.id = :id AND s.cancelled_at IS NULL
  AND s.start_time > booking_now() AND s.start_time > k.start_time - {longest} AND s.start_time < k.end_time
  AND s.end_time > k.start_time AND s.id <> ALL(:but::uuid[])
ORDER BY s.start_time, s.id
LIMIT :most

-- name: agents
SELECT a.organization_id, a.id, {granted_roles} FROM agents a WHERE a.organization_id = :organization_id

-- name: block
SELECT k.organization_id, k.agent_id, k.id, greatest(k.start_time, k.created_at) AS start_time, k.end_time FROM blocks k
WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id AND k.id = :id

-- name: settle
-- None where a slot is left: then whoever makes slots looks at the block itself.
INSERT INTO agent_times (organization_id, agent_id, kind, id, during)
VALUES (:organization_id, :agent_id, 'block', :id, tstzrange(:start_time::timestamptz, :end_time::timestamptz))
ON CONFLICT DO NOTHING
