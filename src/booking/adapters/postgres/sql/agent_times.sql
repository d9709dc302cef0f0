-- Times of agents: t is one, of a slot s or of a block. Whoever writes here has locked the agent, but for a slot that ends.

-- name: add_slots
-- Slots with their times; none where the agent has a block, or another slot. Fewer rows than slots: some could not be.
WITH added AS (
    INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, busy_until, capacity, status,
                       created_at, updated_at)
    SELECT given.organization_id, given.id, given.property_id, given.agent_id, given.start_time, given.end_time,
           given.busy_until, given.capacity, 'available', given.created_at, given.updated_at
    FROM unnest(:organization_id::uuid[], :id::uuid[], :property_id::uuid[], :agent_id::uuid[],
                :start_time::timestamptz[], :end_time::timestamptz[], :busy_until::timestamptz[], :capacity::integer[],
                :created_at::timestamptz[], :updated_at::timestamptz[])
        AS given (organization_id, id, property_id, agent_id, start_time, end_time, busy_until, capacity, created_at,
                  updated_at)
    ON CONFLICT DO NOTHING
    RETURNING organization_id, agent_id, id, start_time, end_time)
INSERT INTO agent_times (organization_id, agent_id, kind, id, during)
SELECT added.organization_id, added.agent_id, 'slot', added.id, tstzrange(added.start_time, added.end_time) FROM added
ON CONFLICT DO NOTHING
RETURNING id

-- name: add_slot
INSERT INTO agent_times (organization_id, agent_id, kind, id, during)
VALUES (:organization_id, :agent_id, 'slot', :id, tstzrange(:start_time::timestamptz, :end_time::timestamptz))
ON CONFLICT DO NOTHING
RETURNING id

-- name: end
DELETE FROM agent_times t
USING unnest(:organization_id::uuid[], :agent_id::uuid[], :id::uuid[]) AS ended (organization_id, agent_id, id)
WHERE t.organization_id = ended.organization_id AND t.agent_id = ended.agent_id AND t.kind = :kind AND t.id = ended.id

-- fragment: met
-- The agent's live slots that a time meets.
s.organization_id = :organization_id AND s.agent_id = :agent_id AND s.cancelled_at IS NULL
AND s.start_time > :start_time::timestamptz - {longest} AND s.start_time < :end_time::timestamptz
AND s.end_time > :start_time

-- name: forget_former
-- Of slots that a process of an older version cancelled: it does not know of this table.
DELETE FROM agent_times t
WHERE t.organization_id = :organization_id AND t.agent_id = :agent_id AND t.kind = 'slot'
  AND t.during && tstzrange(:start_time::timestamptz, :end_time::timestamptz)
  AND NOT EXISTS (SELECT FROM slots s
                  WHERE s.organization_id = t.organization_id AND s.id = t.id AND s.agent_id = t.agent_id
                    AND s.cancelled_at IS NULL AND tstzrange(s.start_time, s.end_time) = t.during)

-- name: bring_in
-- Of slots that were offered by such a process.
INSERT INTO agent_times (organization_id, agent_id, kind, id, during)
SELECT s.organization_id, s.agent_id, 'slot', s.id, tstzrange(s.start_time, s.end_time) FROM slots s
WHERE {met}
ON CONFLICT DO NOTHING

-- name: slots_met
SELECT s.id, s.property_id, s.agent_id, s.start_time, s.end_time FROM slots s
WHERE {met}
ORDER BY s.start_time, s.id
LIMIT :most::integer

-- name: add_blocks
INSERT INTO agent_times (organization_id, agent_id, kind, id, during)
SELECT given.organization_id, given.agent_id, 'block', given.id, tstzrange(given.start_time, given.end_time)
FROM unnest(:organization_id::uuid[], :agent_id::uuid[], :id::uuid[], :start_time::timestamptz[], :end_time::timestamptz[])
    AS given (organization_id, agent_id, id, start_time, end_time)
ON CONFLICT DO NOTHING
RETURNING id
