-- name: lock_agents
-- Whose slots they are, and who offers them. Whoever offers slots of the same agents waits.
SELECT a.organization_id, a.id, {granted_roles} FROM agents a
WHERE a.organization_id = :organization_id AND a.id = ANY(:ids::uuid[])
ORDER BY a.id
FOR NO KEY UPDATE

-- name: overlapped
-- The live slots that each would overlap: of the agent with the larger of the buffers between them, as standing_at has
-- it, and of the property; and whether the agent has blocked its time. One row at least for each.
SELECT asked.number, near.id, booking_now() AS at, EXISTS (
    SELECT FROM agent_times t
    WHERE t.organization_id = asked.organization_id AND t.agent_id = asked.agent_id AND t.kind = 'block'
      AND t.during && tstzrange(asked.start_time, asked.end_time)) OR EXISTS (
    SELECT FROM blocks k
    WHERE k.organization_id = asked.organization_id AND k.agent_id = asked.agent_id AND k.of_absence
      AND k.end_time > asked.start_time AND k.start_time < asked.end_time) AS blocked, EXISTS (
    SELECT FROM policies p
    WHERE p.organization_id = asked.organization_id AND p.property_id = asked.property_id
      AND asked.start_time >= p.withdrawn_from) AS withdrawn
FROM unnest(:organization_id::uuid[], :agent_id::uuid[], :property_id::uuid[], :start_time::timestamptz[],
            :end_time::timestamptz[], :buffer::interval[]) WITH ORDINALITY
    AS asked (organization_id, agent_id, property_id, start_time, end_time, buffer, number)
LEFT JOIN LATERAL (
    SELECT s.id FROM slots s
    WHERE s.organization_id = asked.organization_id AND s.agent_id = asked.agent_id AND s.cancelled_at IS NULL
      AND s.start_time > asked.start_time - {longest} - interval '1 day'
      AND s.start_time < asked.end_time + interval '1 day'
      AND s.start_time < asked.end_time + greatest(asked.buffer, s.busy_until - s.end_time)
      AND s.end_time + greatest(asked.buffer, s.busy_until - s.end_time) > asked.start_time
    UNION
    SELECT s.id FROM slots s
    WHERE s.organization_id = asked.organization_id AND s.property_id = asked.property_id AND s.cancelled_at IS NULL
      AND s.start_time > asked.start_time - {longest} AND s.start_time < asked.end_time
      AND s.end_time > asked.start_time
) near ON true
ORDER BY asked.number, near.id
