-- Blocks: k is a block, t its time.

-- name: add
INSERT INTO blocks (organization_id, id, agent_id, start_time, end_time, reason, of_calendar, of_absence, created_at)
SELECT given.organization_id, given.id, given.agent_id, given.start_time, given.end_time, given.reason, given.of_calendar,
       given.of_absence, given.created_at
FROM unnest(:organization_id::uuid[], :id::uuid[], :agent_id::uuid[], :start_time::timestamptz[],
            :end_time::timestamptz[], :reason::text[], :of_calendar::boolean[], :of_absence::boolean[],
            :created_at::timestamptz[])
    AS given (organization_id, id, agent_id, start_time, end_time, reason, of_calendar, of_absence, created_at)

-- name: of_agent
-- With those that are over a slot: an older version offered it, a calendar is busy there, or an absence left it.
SELECT k.organization_id, k.id, k.agent_id, k.start_time, k.end_time, k.reason, k.of_calendar, k.of_absence, k.created_at,
       EXISTS (
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
DELETE FROM blocks k WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id AND k.id = ANY(:ids::uuid[])
RETURNING k.organization_id, k.agent_id, k.id, k.of_calendar

-- name: of_calendar
-- Blocks of the agent's calendar that are not over, and whether no slot was there when they were made.
SELECT k.organization_id, k.agent_id, k.id, k.start_time, k.end_time, EXISTS (
    SELECT FROM agent_times t
    WHERE t.organization_id = k.organization_id AND t.agent_id = k.agent_id AND t.kind = 'block' AND t.id = k.id) AS free
FROM blocks k
WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id AND k.of_calendar
  AND (k.end_time > booking_now() OR :past::boolean)
ORDER BY k.start_time, k.id

-- name: end
-- All blocks of an agent, in both tables.
WITH ended AS (
    DELETE FROM blocks k WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id)
DELETE FROM agent_times t
WHERE t.organization_id = :organization_id AND t.agent_id = :agent_id AND t.kind = 'block'
