-- fragment: status
-- EntryStatus by the clock: an offer that is over, and a visit that has begun, have lapsed.
CASE WHEN {over} OR {begun} THEN 'lapsed' ELSE w.status END

-- fragment: over
(w.status = 'offered' AND b.deadline <= booking_now())

-- fragment: begun
(w.status = 'waiting' AND s.start_time <= booking_now())

-- fragment: position
-- How many wait for the slot who came before, and this one.
(SELECT count(*) FROM waitlist ahead
 WHERE ahead.organization_id = w.organization_id AND ahead.slot_id = w.slot_id AND {is_queued w=ahead}
   AND ahead.status = 'waiting' AND ahead.seq <= w.seq)

-- fragment: views
-- Entries as they are shown. Read with waitlists.view_from.
SELECT w.organization_id, w.id, w.slot_id, w.applicant_id, {status} AS status, w.offer_id, w.reason, w.created_at,
       CASE WHEN {over} THEN b.deadline WHEN {begun} THEN s.start_time ELSE w.updated_at END AS updated_at,
       CASE WHEN {status} = 'waiting' THEN {position} END AS position,
       CASE WHEN {status} = 'offered' THEN b.deadline END AS offer_ends,
       s.property_id, s.agent_id, s.start_time, s.end_time, {names}, {person}
FROM waitlist w
JOIN slots s ON s.organization_id = w.organization_id AND s.id = w.slot_id {places} {hosts}
JOIN applicants a ON a.organization_id = w.organization_id AND a.id = w.applicant_id
LEFT JOIN bookings b ON b.organization_id = w.organization_id AND b.id = w.offer_id

-- fragment: who
unnest(:organization_ids::uuid[], :applicant_ids::uuid[]) AS who (organization_id, applicant_id)

-- name: of_person
{views}
JOIN {who} ON w.organization_id = who.organization_id AND w.applicant_id = who.applicant_id
WHERE w.id = :id

-- name: of_agency
{views}
WHERE w.organization_id = :organization_id AND {status} = ANY (:statuses)
  AND s.agent_id = :agent_id  -- if agent_id
  AND w.slot_id = :slot_id  -- if slot_id
{page it=w}

-- name: of_applicants
{views}
JOIN {who} ON w.organization_id = who.organization_id AND w.applicant_id = who.applicant_id
WHERE {status} = ANY (:statuses)
  AND w.slot_id = :slot_id  -- if slot_id
{page it=w}

-- fragment: each_awaited
-- Slots for which somebody waits, as `awaited`, and how they stand.
JOIN slots s ON s.organization_id = awaited.organization_id AND s.id = awaited.slot_id {counted} {policies}

-- name: in_vain_of_agency
-- Slots for which people wait in vain, since a policy was changed, or the horizon has come, say.
SELECT s.organization_id, s.id AS slot_id
FROM (SELECT DISTINCT w.organization_id, w.slot_id FROM waitlist w WHERE {is_queued} AND w.status = 'waiting') awaited
{each_awaited}
WHERE s.organization_id = :organization_id AND {waited_for}
  AND s.agent_id = :agent_id  -- if agent_id
  AND s.id = :slot_id  -- if slot_id
LIMIT :most

-- name: in_vain_of_applicants
-- The same among those for which some people wait.
SELECT s.organization_id, s.id AS slot_id
FROM (SELECT DISTINCT w.organization_id, w.slot_id
      FROM {who}, waitlist w
      WHERE w.organization_id = who.organization_id AND w.applicant_id = who.applicant_id AND {is_queued}
        AND w.status = 'waiting') awaited
{each_awaited}
WHERE {waited_for}
  AND s.id = :slot_id  -- if slot_id
LIMIT :most

-- name: overdue
-- Slots on which something is over by the clock, or for which people wait in vain: the visit has begun, or a place is
-- free. Over all organizations.
SELECT b.organization_id, b.slot_id FROM bookings b WHERE b.deadline <= booking_now()
UNION
SELECT awaited.organization_id, awaited.slot_id
FROM (SELECT DISTINCT w.organization_id, w.slot_id FROM waitlist w WHERE {is_queued} AND w.status = 'waiting') awaited
{each_awaited}
WHERE s.start_time <= booking_now() OR {waited_for}
LIMIT :most

-- name: add
-- Given under the slot's lock: after whoever is last in its queue.
INSERT INTO waitlist (organization_id, id, slot_id, applicant_id, status, created_at, updated_at, seq)
SELECT :organization_id::uuid, :id::uuid, :slot_id::uuid, :applicant_id::uuid, :status::text,
       :created_at::timestamptz, :updated_at::timestamptz, coalesce(max(w.seq), 0) + 1
FROM waitlist w
WHERE w.organization_id = :organization_id AND w.slot_id = :slot_id AND {is_queued}
