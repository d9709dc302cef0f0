-- Places that came free, and who is told of them: f is a freed place, s its slot, v a watch of its property.

-- name: note
-- Slots of which somebody may want to hear.
INSERT INTO freed_places (organization_id, id, slot_id, given_up_by, happened_at)
SELECT s.organization_id, freed.id, s.id, freed.given_up_by, freed.happened_at
FROM unnest(:organization_ids::uuid[], :ids::uuid[], :slot_ids::uuid[], :applicant_ids::uuid[], :times::timestamptz[])
    AS freed (organization_id, id, slot_id, given_up_by, happened_at)
JOIN slots s ON s.organization_id = freed.organization_id AND s.id = freed.slot_id
WHERE EXISTS (
    SELECT FROM watches v
    WHERE v.organization_id = s.organization_id AND v.property_id = s.property_id
      AND s.start_time >= v.since AND s.start_time < v.until)
ON CONFLICT DO NOTHING

-- name: take
-- The first place of all: people are told of one after the other, so that nobody is told of two.
SELECT f.organization_id, f.id AS event_id, f.given_up_by, f.happened_at, f.after_created, f.after_id, s.id AS slot_id,
       s.property_id, s.agent_id, s.start_time, s.end_time, booking_now() AS at,
       coalesce(home.time_zone, agency.time_zone, 'UTC') AS zone, coalesce(agency.time_zone, 'UTC') AS agency_zone, {plan}
FROM freed_places f
JOIN slots s ON s.organization_id = f.organization_id AND s.id = f.slot_id
{places}
{plans n=s}
WHERE EXISTS (SELECT FROM leases l WHERE l.name = :lease::text AND l.token = :token::bigint FOR SHARE)
ORDER BY f.happened_at, f.id LIMIT 1

-- name: watchers
-- The next people in order of arrival who are to be told, if the place is free still.
SELECT {watch}
FROM (SELECT s.organization_id, s.property_id, s.start_time
      FROM slots s {counted} {policies}
      WHERE s.organization_id = :organization_id AND s.id = :slot_id AND {is_public}) free
JOIN watches v ON v.organization_id = free.organization_id AND v.property_id = free.property_id
WHERE free.start_time >= v.since AND free.start_time < v.until
  AND v.created_at <= :happened_at::timestamptz
  AND v.applicant_id IS DISTINCT FROM :given_up_by::uuid
  AND (v.created_at, v.applicant_id) > (:after_created::timestamptz, :after_id::uuid)
  AND NOT {has_claim}
  AND NOT EXISTS (
      SELECT FROM notices n
      WHERE n.organization_id = v.organization_id AND n.recipient_id = v.applicant_id AND n.property_id = v.property_id
        AND n.kind = 'place_freed' AND n.state NOT IN ('obsolete', 'failed')
        AND n.created_at > greatest(v.dismissed_at, booking_now() - {told_for}))
ORDER BY v.created_at, v.applicant_id LIMIT :most::integer

-- name: go_on
UPDATE freed_places f SET after_created = :after_created::timestamptz, after_id = :after_id::uuid
WHERE f.organization_id = :organization_id AND f.id = :id

-- name: end
DELETE FROM freed_places f WHERE f.organization_id = :organization_id AND f.id = :id
