-- Figures of visits: c is a cell, s a slot, b a booking in it, w an entry in its waitlist, e an event.

-- fragment: asked
unnest(:organization_ids::uuid[], :property_ids::uuid[], :agent_ids::uuid[], :quarters::timestamptz[])
    AS c (organization_id, property_id, agent_id, quarter)

-- fragment: taken_up
-- A booking counts, but no request that came to nothing.
b.status NOT IN ('declined', 'expired')

-- fragment: cancelled
b.status IN ('cancelled_by_applicant', 'cancelled_by_agent', 'cancelled_by_screening', 'cancelled_unconfirmed')

-- fragment: of_visits
SELECT count(*) FILTER (WHERE {taken_up}) AS booked,
       count(*) FILTER (WHERE b.outcome = 'attended') AS attended,
       count(*) FILTER (WHERE b.outcome = 'no_show') AS no_show,
       count(*) FILTER (WHERE b.status IN ({visit_states}) AND b.outcome IS NULL) AS unrecorded,
       count(*) FILTER (WHERE NOT {taken_up}) AS declined,
       count(*) FILTER (WHERE b.status = 'cancelled_by_applicant') AS by_applicant,
       count(*) FILTER (WHERE b.status = 'cancelled_by_agent') AS by_agent,
       count(*) FILTER (WHERE b.status = 'cancelled_by_screening') AS by_screening,
       count(*) FILTER (WHERE b.status = 'cancelled_unconfirmed') AS unconfirmed,
       count(*) FILTER (WHERE {cancelled} AND s.start_time - b.updated_at < interval '24 hours') AS within_24_hours,
       count(*) FILTER (WHERE {cancelled} AND s.start_time - b.updated_at < interval '2 hours') AS within_2_hours,
       -- a visit that was released and taken back has another sequence, too
       count(*) FILTER (WHERE {taken_up} AND b.sequence > 0 AND EXISTS (
           SELECT FROM events e
           WHERE e.organization_id = b.organization_id AND e.booking_id = b.id AND e.position IS NOT NULL
             AND e.type = 'booking.rescheduled')) AS moved,
       coalesce(sum(floor(extract(epoch FROM s.start_time - b.created_at))) FILTER (WHERE {taken_up}), 0) AS lead_seconds
FROM bookings b
WHERE b.organization_id = s.organization_id AND b.slot_id = s.id AND {made}

-- name: followed
-- How far events were followed. Who computes cells holds this row, so that no older figures are written over newer ones.
SELECT f.position FROM figures_followed f FOR UPDATE

-- name: lag
-- Age of the oldest event that was not followed.
SELECT coalesce(extract(epoch FROM booking_now() - (
           SELECT e.occurred_at FROM events e WHERE e.position > f.position ORDER BY e.position LIMIT 1)), 0)::float AS seconds
FROM figures_followed f

-- name: told
-- The cells of events after a position, and the position of the last: of the slot as it was and as it is, and of the slot that a
-- visit was moved away from.
WITH told AS (
    SELECT e.* FROM events e
    WHERE e.position > :after::bigint AND e.position <= least(:after + :most::bigint, (SELECT last FROM positions))
      AND e.slot_id IS NOT NULL),
happened AS (
    SELECT e.organization_id, e.slot_id, e.property_id, e.agent_id, e.start_time FROM told e
    UNION
    SELECT e.organization_id, e.from_slot_id, e.from_property_id, e.from_agent_id, e.from_start_time FROM told e
    WHERE e.from_slot_id IS NOT NULL)
SELECT s.organization_id, s.property_id, s.agent_id, {quarter} AS quarter FROM happened s WHERE s.start_time IS NOT NULL
UNION
SELECT s.organization_id, s.property_id, s.agent_id, {quarter}
FROM happened JOIN slots s ON s.organization_id = happened.organization_id AND s.id = happened.slot_id

-- name: follow
UPDATE figures_followed SET position = least(:after::bigint + :most::bigint, (SELECT last FROM positions))
RETURNING position

-- name: forget
DELETE FROM figure_cells f USING {asked}
WHERE f.organization_id = c.organization_id AND f.property_id = c.property_id AND f.agent_id = c.agent_id
  AND f.quarter = c.quarter

-- name: compute
-- The cells as their rows are now; none where there is no slot.
INSERT INTO figure_cells (organization_id, property_id, agent_id, quarter, slots, offered, booked, attended, no_show, unrecorded,
                          declined, by_applicant, by_agent, by_screening, unconfirmed, within_24_hours, within_2_hours, moved,
                          lead_seconds, waited, waited_booked)
SELECT c.organization_id, c.property_id, c.agent_id, c.quarter,
       count(*) FILTER (WHERE s.cancelled_at IS NULL), coalesce(sum(s.capacity) FILTER (WHERE s.cancelled_at IS NULL), 0),
       sum(v.booked), sum(v.attended), sum(v.no_show), sum(v.unrecorded), sum(v.declined), sum(v.by_applicant), sum(v.by_agent),
       sum(v.by_screening), sum(v.unconfirmed), sum(v.within_24_hours), sum(v.within_2_hours), sum(v.moved),
       sum(v.lead_seconds), sum(q.waited), sum(q.waited_booked)
FROM {asked}
JOIN slots s ON {of_cell}
CROSS JOIN LATERAL ({of_visits}) v
CROSS JOIN LATERAL (
    SELECT count(*) AS waited, count(*) FILTER (WHERE w.status = 'taken') AS waited_booked
    FROM waitlist w WHERE w.organization_id = s.organization_id AND w.slot_id = s.id) q
GROUP BY c.organization_id, c.property_id, c.agent_id, c.quarter

-- name: organizations
-- When the slots and the cells of each organization begin, and when the last of them does.
SELECT found.organization_id, min(found.start_time) AS since, max(found.start_time) AS until
FROM (SELECT s.organization_id, s.start_time FROM slots s
      UNION ALL SELECT c.organization_id, c.quarter FROM figure_cells c) found
GROUP BY found.organization_id

-- name: within
-- The cells that there should be, or are, in a while.
SELECT s.organization_id, s.property_id, s.agent_id, {quarter} AS quarter FROM slots s
WHERE s.organization_id = :organization_id AND s.start_time >= :since AND s.start_time < :until
UNION
SELECT c.organization_id, c.property_id, c.agent_id, c.quarter FROM figure_cells c
WHERE c.organization_id = :organization_id AND c.quarter >= :since AND c.quarter < :until

-- fragment: chosen
WHERE c.organization_id = :organization_id AND c.quarter >= :since AND c.quarter < :until
AND c.agent_id = :agent_id  -- if agent_id
AND c.property_id = :property_id  -- if property_id

-- name: by_time
-- By labels of spans, each of which begins where the one before ends. Cells of one quarter are summed first: they are many.
SELECT (:labels::integer[])[width_bucket(c.quarter, :starts::timestamptz[])] AS label, {sums}
FROM (SELECT c.quarter, sum(c.slots) AS slots, sum(c.offered) AS offered, sum(c.booked) AS booked, sum(c.attended) AS attended,
             sum(c.no_show) AS no_show, sum(c.unrecorded) AS unrecorded, sum(c.declined) AS declined,
             sum(c.by_applicant) AS by_applicant, sum(c.by_agent) AS by_agent, sum(c.by_screening) AS by_screening,
             sum(c.unconfirmed) AS unconfirmed, sum(c.within_24_hours) AS within_24_hours,
             sum(c.within_2_hours) AS within_2_hours, sum(c.moved) AS moved, sum(c.lead_seconds) AS lead_seconds,
             sum(c.waited) AS waited, sum(c.waited_booked) AS waited_booked
      FROM figure_cells c
      {chosen}
      GROUP BY c.quarter) c
GROUP BY 1

-- name: by_property
SELECT found.*, home.label, home.area
FROM (SELECT c.organization_id, c.property_id, {sums}
      FROM figure_cells c
      {chosen}
      GROUP BY c.organization_id, c.property_id) found
LEFT JOIN properties home ON home.organization_id = found.organization_id AND home.id = found.property_id
ORDER BY found.booked DESC, found.property_id
LIMIT :most

-- name: by_agent
SELECT found.*, host.name
FROM (SELECT c.organization_id, c.agent_id, {sums}
      FROM figure_cells c
      {chosen}
      GROUP BY c.organization_id, c.agent_id) found
LEFT JOIN profiles host ON host.organization_id = found.organization_id AND host.agent_id = found.agent_id
ORDER BY found.booked DESC, found.agent_id
LIMIT :most

-- name: ratings
-- Of each month, all in all, of each property and of each agent.
SELECT width_bucket(s.start_time, :starts::timestamptz[]) AS month, s.property_id, s.agent_id,
       count(DISTINCT b.applicant_id) AS raters, count(*) AS ratings, sum(b.rating) AS stars
FROM bookings b
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
WHERE b.organization_id = :organization_id AND b.start_time >= (:starts::timestamptz[])[1] AND b.start_time < :until AND b.rating IS NOT NULL
GROUP BY GROUPING SETS ((month), (month, s.property_id), (month, s.agent_id))
