-- name: by_key
SELECT asked.number, {availability}
FROM unnest(:organization_id::uuid[], :id::uuid[]) WITH ORDINALITY AS asked (organization_id, id, number)
JOIN slots s ON s.organization_id = asked.organization_id AND s.id = asked.id {counted} {terms}

-- name: nearest
-- A slot, and on both sides of it the bookable ones of its property that start nearest to it, each by the index.
SELECT asked.number, nearest.*
FROM unnest(:organization_id::uuid[], :id::uuid[], :most::integer[]) WITH ORDINALITY
    AS asked (organization_id, id, most, number)
JOIN slots it ON it.organization_id = asked.organization_id AND it.id = asked.id
JOIN LATERAL (
    SELECT {availability} FROM slots s {counted} {terms}
    WHERE s.organization_id = it.organization_id AND s.id = it.id
    UNION ALL
    (SELECT {availability} FROM slots s {counted} {terms}
     WHERE s.organization_id = it.organization_id AND s.property_id = it.property_id AND s.id <> it.id AND {is_public}
       AND s.start_time < it.start_time
     ORDER BY s.start_time DESC LIMIT asked.most)
    UNION ALL
    (SELECT {availability} FROM slots s {counted} {terms}
     WHERE s.organization_id = it.organization_id AND s.property_id = it.property_id AND s.id <> it.id AND {is_public}
       AND s.start_time >= it.start_time
     ORDER BY s.start_time LIMIT asked.most)
) nearest ON true

-- fragment: driven
-- The rows that the driving filter finds by an index. The other filters are applied to these rows.
SELECT s.* FROM slots s
WHERE s.organization_id = :organization_id
  AND s.property_id = :property_id  -- if by_property
  AND s.agent_id = :agent_id  -- if by_agent
{stretch it=s}

-- name: of_organization
SELECT {availability}
FROM ({driven}) s {counted} {terms}
WHERE true
  AND s.property_id = :property_id  -- if property_id
  AND s.agent_id = :agent_id  -- if agent_id
  AND (false  -- if of_status
  OR {is_available}  -- if available
  OR {is_booked}  -- if booked
  OR s.status = 'cancelled'  -- if cancelled
  )  -- if of_status
ORDER BY s.start_time
  DESC  -- if descending
  , s.id
  DESC  -- if descending
LIMIT :most

-- name: read
-- How many rows a list reads.
SELECT count(*) FROM ({driven}) s

-- name: lock_agent
-- Whoever offers a slot of the same agent waits. Two that overlap there would each wait for the other's end.
SELECT a.organization_id, a.id, {granted_roles} FROM agents a
WHERE a.organization_id = :organization_id AND a.id = :id
FOR NO KEY UPDATE

-- name: standing_at
-- Whether a slot lies ahead, and the larger of two slots' buffers between it and the agent's others; and whether the agent has
-- blocked that time. The constraint holds slots only to the buffer of the earlier one. No buffer is longer than a day: so the
-- index finds those nearby.
SELECT :start_time::timestamptz > booking_now() AND NOT EXISTS (
    SELECT FROM slots s
    WHERE s.organization_id = :organization_id AND s.agent_id = :agent_id AND s.cancelled_at IS NULL
      AND s.start_time > :start_time::timestamptz - {longest} - interval '1 day'
      AND s.start_time < :end_time::timestamptz + interval '1 day'
      AND s.start_time < :end_time::timestamptz + greatest(:buffer::interval, s.busy_until - s.end_time)
      AND s.end_time + greatest(:buffer, s.busy_until - s.end_time) > :start_time) AS free,
    EXISTS (
    SELECT FROM agent_times t
    WHERE t.organization_id = :organization_id AND t.agent_id = :agent_id AND t.kind = 'block'
      AND t.during && tstzrange(:start_time, :end_time))
    OR EXISTS (
    SELECT FROM blocks k
    WHERE k.organization_id = :organization_id AND k.agent_id = :agent_id AND k.of_absence
      AND k.end_time > :start_time AND k.start_time < :end_time) AS blocked,
    EXISTS (
    SELECT FROM policies p
    WHERE p.organization_id = :organization_id AND p.property_id = :property_id AND :start_time >= p.withdrawn_from) AS withdrawn
