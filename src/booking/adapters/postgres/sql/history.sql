-- b is a booking, e an event of it.

-- fragment: of_booking
e.organization_id = b.organization_id AND e.booking_id = b.id

-- name: page
-- What happened to a booking, in the order of its writes: each held the row of its slot, so seq is theirs. A booking in view
-- of which nothing is left comes as a row without an event.
WITH b AS (
    SELECT b.organization_id, b.id,
           (b.organization_id, b.applicant_id) IN (
               SELECT organization_id, applicant_id
               FROM unnest(:organization_ids::uuid[], :applicant_ids::uuid[]) AS who (organization_id, applicant_id))
           OR b.organization_id = :agency AND (:admin OR s.agent_id = :agent_id) AS whole
    FROM bookings b
    JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
    WHERE b.organization_id = ANY (:in_view) AND b.id = :id AND {made}),
happened AS (
    SELECT e.*,
           -- an agent who had it knows what happened until it left them
           b.whole OR e.seq <= max(e.seq) FILTER (
               WHERE e.organization_id = :agency AND (e.agent_id = :agent_id OR e.from_agent_id = :agent_id)) OVER () AS seen
    FROM b CROSS JOIN LATERAL (
        SELECT e.seq, {event} FROM events e WHERE {of_booking} AND e.position IS NOT NULL
        UNION ALL
        -- few have no position yet, and an index has these alone: so writing an event costs nothing for its history
        SELECT e.seq, {event} FROM events e WHERE {of_booking} AND e.position IS NULL) e)
SELECT {event}, actor.id AS actor_id, profile.name AS actor_name
FROM b
LEFT JOIN LATERAL (
    SELECT e.* FROM happened e
    WHERE e.seen
      AND e.seq > (SELECT former.seq FROM happened former WHERE former.id = :after_id)  -- if after_id
    ORDER BY e.seq
    LIMIT :most) e ON true
LEFT JOIN agents actor
    ON actor.organization_id = e.organization_id AND actor.subject = e.actor_subject AND e.actor_role IN ('member', 'admin')
LEFT JOIN profiles profile ON profile.organization_id = actor.organization_id AND profile.agent_id = actor.id
WHERE b.whole OR e.id IS NOT NULL
ORDER BY e.seq
