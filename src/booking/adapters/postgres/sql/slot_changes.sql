-- Slots that change together, and what is around them.

-- fragment: meets
-- s is at that time, or not far enough from it that two slots' buffers, a day each at most, lie between.
s.start_time > :since::timestamptz - {longest} - interval '1 day' AND s.start_time < :until::timestamptz + interval '1 day'
AND s.cancelled_at IS NULL

-- name: around
-- The live slots of agents and properties at that time, and about it.
SELECT {slot} FROM slots s
WHERE s.organization_id = :organization_id AND s.agent_id = ANY(:agent_ids::uuid[]) AND {meets}
UNION
SELECT {slot} FROM slots s
WHERE s.organization_id = :organization_id AND s.property_id = ANY(:property_ids::uuid[]) AND {meets}

-- name: blocked
-- Times that agents have blocked. Of an absence, no row of agent_times says so while slots are there.
SELECT t.agent_id, lower(t.during), upper(t.during) FROM agent_times t
WHERE t.organization_id = :organization_id AND t.agent_id = ANY(:agent_ids::uuid[]) AND t.kind = 'block'
  AND t.during && tstzrange(:since::timestamptz, :until::timestamptz)
UNION
SELECT k.agent_id, k.start_time, k.end_time FROM blocks k
WHERE k.organization_id = :organization_id AND k.agent_id = ANY(:agent_ids) AND k.of_absence
  AND k.end_time > :since AND k.start_time < :until

-- name: engagements
-- Where people with a place in the slots are beside them, at that time. Over by the clock or not: the constraint counts both.
SELECT DISTINCT b.applicant_id, b.start_time, b.end_time
FROM bookings here
JOIN bookings b ON b.organization_id = here.organization_id AND b.applicant_id = here.applicant_id
WHERE here.organization_id = :organization_id AND here.slot_id = ANY(:ids::uuid[]) AND {live b=here}
  AND b.slot_id <> ALL(:ids) AND b.status IN ('held', 'pending_approval', 'confirmed')
  AND b.start_time > :since::timestamptz - {longest} AND b.start_time < :until::timestamptz AND b.end_time > :since
