-- Going through the visits that come, after a change of plans or channels: w is where an organization's sweep stands, n a notice.

-- name: sweep_again
-- A plan has changed: go through the visits that come, from the beginning.
INSERT INTO notice_sweeps (organization_id, after_start, after_id)
VALUES (:organization_id::uuid, booking_now(), '00000000-0000-0000-0000-000000000000')
ON CONFLICT (organization_id) DO UPDATE SET after_start = excluded.after_start, after_id = excluded.after_id

-- name: sweep
-- An organization whose coming visits are to be gone through, with its zone.
SELECT w.organization_id, w.after_start, w.after_id, coalesce(agency.time_zone, 'UTC') AS agency_zone, booking_now() AS at
FROM notice_sweeps w LEFT JOIN organizations agency ON agency.organization_id = w.organization_id
LIMIT 1
FOR UPDATE OF w SKIP LOCKED

-- name: coming
-- Slots that come after one, with their confirmed visits.
SELECT {visit}, swept.start_time AS swept_start, swept.id AS swept_id,
       coalesce(home.time_zone, :agency_zone::text) AS zone, {plan}
FROM (SELECT s.* FROM slots s
      WHERE s.organization_id = :organization_id::uuid AND s.start_time > booking_now()
        AND (s.start_time, s.id) > (:after_start::timestamptz, :after_id::uuid)
      ORDER BY s.start_time, s.id LIMIT :most::integer) swept
{visits day=swept}
LEFT JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
LEFT JOIN applicants a ON a.organization_id = b.organization_id AND a.id = b.applicant_id
LEFT JOIN properties home ON home.organization_id = swept.organization_id AND home.id = swept.property_id
{plans n=swept}
ORDER BY swept.start_time, swept.id

-- name: swept
UPDATE notice_sweeps w SET after_start = :after_start::timestamptz, after_id = :after_id::uuid
WHERE w.organization_id = :organization_id::uuid

-- name: end_sweep
DELETE FROM notice_sweeps w WHERE w.organization_id = :organization_id::uuid

-- name: unplan
-- End reminders of these bookings that wait for their time, and are not among those which are planned now.
WITH ended AS (
    SELECT n.organization_id, n.id
    FROM unnest(:organization_ids::uuid[], :booking_ids::uuid[]) AS asked (organization_id, booking_id)
    JOIN notices n ON n.organization_id = asked.organization_id AND n.booking_id = asked.booking_id
    WHERE {waits} AND n.before_start IS NOT NULL AND n.due_at > booking_now() AND n.id <> ALL (:planned::uuid[])
    ORDER BY n.organization_id, n.id
    FOR NO KEY UPDATE OF n)
UPDATE notices n SET state = 'obsolete', reason = 'plan', ended_at = booking_now()
FROM ended WHERE n.organization_id = ended.organization_id AND n.id = ended.id

-- name: waiting
-- Notices of events that wait for the end of quiet hours, and the plans of their properties.
SELECT n.organization_id, n.id, n.start_time, n.happened_at, b.deadline, coalesce(home.time_zone, :agency_zone::text) AS zone, {plan}
FROM notices n
LEFT JOIN bookings b ON b.organization_id = n.organization_id AND b.id = n.booking_id
LEFT JOIN properties home ON home.organization_id = n.organization_id AND home.id = n.property_id
{plans}
WHERE n.organization_id = :organization_id::uuid AND n.state = 'queued' AND n.attempts = 0 AND n.due_at > booking_now()
  AND n.kind = ANY (:kinds::text[])

