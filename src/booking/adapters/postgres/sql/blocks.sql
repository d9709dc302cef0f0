-- Blocks: k is a block, t its time.

-- name: add
INSERT INTO blocks (organization_id, id, agent_id, start_time, end_time, reason, created_at)
VALUES (:organization_id, :id, :agent_id, :start_time, :end_time, :reason, :created_at)

-- name: of_agent
-- With those that a slot is under, which a process of an older version offered.
SELECT k.organization_id, k.id, k.agent_id, k.start_time, k.end_time, k.reason, k.created_at, EXISTS (
    SELECT FROM slots s
    WHERE s.organization_id = k.organization_id AND s.agent_id = k.agent_id AND s.cancelled_at IS NULL
      AND s.start_time > greatest(k.start_time, k.created_at) - {longest} AND s.start_time < k.end_time
      AND s.end_time > greatest(k.start_time, k.created_at)) AS conflict
FROM blocks k
WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id
  AND k.end_time > :since  -- if since
  AND k.start_time < :until  -- if until
  AND (k.start_time, k.id) > (:after_start, :after_id)  -- if after_start
ORDER BY k.start_time, k.id
LIMIT :most

-- name: remove
DELETE FROM blocks k WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id AND k.id = :id
RETURNING k.organization_id, k.agent_id, k.id

-- name: end
-- All blocks of an agent, in both tables.
WITH ended AS (
    DELETE FROM blocks k WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id)
DELETE FROM agent_times t
WHERE t.organization_id = :organization_id AND t.agent_id = :agent_id AND t.kind = 'block'
