-- Links, by the hash of their token: l is a link, b its booking, a its applicant.

-- name: add
-- Not for people who are erased or barred: their links have ended, and none comes after them.
INSERT INTO links (organization_id, hash, purpose, booking_id, sequence, applicant_id, expires_at)
SELECT given.organization_id, given.hash, given.purpose, given.booking_id, given.sequence, given.applicant_id, given.expires_at
FROM unnest(:organization_id::uuid[], :hash::bytea[], :purpose::text[], :booking_id::uuid[], :sequence::integer[],
            :applicant_id::uuid[], :expires_at::timestamptz[])
    AS given (organization_id, hash, purpose, booking_id, sequence, applicant_id, expires_at)
JOIN applicants a ON a.organization_id = given.organization_id AND a.id = given.applicant_id
WHERE {eligible} AND a.erased_at IS NULL AND given.expires_at > booking_now()
ON CONFLICT DO NOTHING

-- name: known
-- Of a person who is not erased or barred, and until it expires.
SELECT l.organization_id, l.hash, l.purpose, l.booking_id, l.sequence, l.applicant_id, l.expires_at, l.used_at, c.locale,
       agency.name AS agency_name, agency.locale AS agency_locale, agency.phone AS agency_phone,
       agency.website AS agency_website, agency.colour AS agency_colour, coalesce(agency.time_zone, 'UTC') AS agency_zone,
       {person}
FROM links l
JOIN applicants a ON a.organization_id = l.organization_id AND a.id = l.applicant_id
LEFT JOIN contacts c ON c.organization_id = a.organization_id AND c.applicant_id = a.id
LEFT JOIN organizations agency ON agency.organization_id = l.organization_id
WHERE l.organization_id = :organization_id::uuid AND l.hash = :hash::bytea
  AND l.expires_at > booking_now() AND {eligible} AND a.erased_at IS NULL

-- name: granting
-- Links that still grant what they are for, under the locks of their slots and people: each is used once.
SELECT l.hash
FROM unnest(:organization_id::uuid[], :hash::bytea[]) AS asked (organization_id, hash)
JOIN links l ON l.organization_id = asked.organization_id AND l.hash = asked.hash
JOIN bookings b ON b.organization_id = l.organization_id AND b.id = l.booking_id AND b.sequence = l.sequence
WHERE l.used_at IS NULL AND l.expires_at > booking_now()
ORDER BY l.organization_id, l.hash
FOR NO KEY UPDATE OF l

-- name: use
UPDATE links l SET used_at = booking_now()
FROM unnest(:organization_id::uuid[], :hash::bytea[]) AS asked (organization_id, hash)
WHERE l.organization_id = asked.organization_id AND l.hash = asked.hash

-- name: end
-- Of people who are unlinked, erased or barred.
DELETE FROM links l
USING unnest(:organization_id::uuid[], :applicant_id::uuid[]) AS asked (organization_id, applicant_id)
WHERE l.organization_id = asked.organization_id AND l.applicant_id = asked.applicant_id

-- name: forget
DELETE FROM links l
WHERE (l.organization_id, l.hash) IN (
    SELECT old.organization_id, old.hash FROM links old WHERE old.expires_at <= booking_now() LIMIT :most::integer)
  AND EXISTS (SELECT FROM leases WHERE name = :lease::text AND token = :token::bigint FOR SHARE)
