-- Watches of properties: v is a watch, of an applicant.

-- name: of
SELECT {watch}
FROM unnest(:organization_ids::uuid[], :applicant_ids::uuid[]) AS who (organization_id, applicant_id)
JOIN watches v ON v.organization_id = who.organization_id AND v.applicant_id = who.applicant_id
WHERE v.until > booking_now()
ORDER BY v.created_at, v.organization_id, v.property_id

-- name: end_over
-- What is over makes room, and has no place in the order of arrival.
DELETE FROM watches v
WHERE v.organization_id = :organization_id AND v.applicant_id = :applicant_id AND v.until <= booking_now()

-- name: put
INSERT INTO watches AS v (organization_id, property_id, applicant_id, since, until, weekdays)
VALUES (:organization_id::uuid, :property_id::uuid, :applicant_id::uuid, :since::timestamptz, :until::timestamptz, :weekdays::text[])
ON CONFLICT (organization_id, property_id, applicant_id) DO UPDATE
SET since = excluded.since, until = excluded.until, weekdays = excluded.weekdays, updated_at = excluded.updated_at
RETURNING {watch}

-- name: dismiss
UPDATE watches v SET dismissed_at = booking_now()
WHERE v.organization_id = :organization_id AND v.property_id = :property_id AND v.applicant_id = :applicant_id
  AND v.until > booking_now()

-- name: end
DELETE FROM watches v
WHERE v.organization_id = :organization_id AND v.property_id = :property_id AND v.applicant_id = :applicant_id
  AND v.until > booking_now()

-- name: end_all
-- All watches of people who may not book any more, or are nobody's login.
DELETE FROM watches v
USING unnest(:organization_ids::uuid[], :applicant_ids::uuid[]) AS who (organization_id, applicant_id)
WHERE v.organization_id = who.organization_id AND v.applicant_id = who.applicant_id

-- name: forget
DELETE FROM watches v
WHERE (v.organization_id, v.property_id, v.applicant_id) IN (
    SELECT old.organization_id, old.property_id, old.applicant_id FROM watches old
    WHERE old.until <= booking_now() LIMIT :most::integer)
  AND EXISTS (SELECT FROM leases l WHERE l.name = :lease::text AND l.token = :token::bigint FOR SHARE)
