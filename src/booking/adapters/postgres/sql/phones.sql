-- name: sent
-- When the codes of the last day were sent, to a person or to a phone.
SELECT p.created_at FROM phone_codes p
WHERE p.created_at > booking_now() - :day::interval
  AND (p.phone = :phone::text OR (p.organization_id, p.applicant_id) IN (
      SELECT organization_id, applicant_id
      FROM unnest(:organization_ids::uuid[], :applicant_ids::uuid[]) AS of (organization_id, applicant_id)))

-- name: add
INSERT INTO phone_codes (organization_id, applicant_id, id, phone, digest)
VALUES (:organization_id::uuid, :applicant_id::uuid, :id::uuid, :phone::text, :digest::bytea)

-- name: newest
-- A person's newest code, which is the only one that proves anything.
SELECT p.organization_id, p.applicant_id, p.id, p.phone, p.digest, p.tries, booking_now() - p.created_at AS age
FROM unnest(:organization_ids::uuid[], :applicant_ids::uuid[]) AS of (organization_id, applicant_id)
JOIN phone_codes p ON p.organization_id = of.organization_id AND p.applicant_id = of.applicant_id
ORDER BY p.created_at DESC, p.id DESC LIMIT 1

-- name: miss
UPDATE phone_codes p SET tries = p.tries + 1
WHERE p.organization_id = :organization_id::uuid AND p.applicant_id = :applicant_id::uuid AND p.id = :id::uuid

-- name: spend
-- A code proves once. It is kept as long as it counts.
UPDATE phone_codes p SET tries = :most::smallint
WHERE p.organization_id = :organization_id::uuid AND p.applicant_id = :applicant_id::uuid AND p.id = :id::uuid

-- name: stopped
-- Whether messages to this phone are not wanted by that channel.
SELECT EXISTS (SELECT FROM suppressions x
               WHERE x.organization_id = :organization_id::uuid AND x.channel = :channel::text AND x.reason = 'stopped'
                 AND x.address = address_hash(:organization_id::uuid, :phone::text)) AS stopped,
       (SELECT agency.locale FROM organizations agency WHERE agency.organization_id = :organization_id::uuid) AS locale

-- name: unprove
-- What a login has proved that was taken away proves nothing.
UPDATE contacts c SET proved_phone = NULL
WHERE c.organization_id = :organization_id::uuid AND c.applicant_id = :applicant_id::uuid AND c.proved_phone IS NOT NULL

-- name: forget
DELETE FROM phone_codes p
WHERE (p.organization_id, p.applicant_id, p.id) IN (
    SELECT old.organization_id, old.applicant_id, old.id FROM phone_codes old
    WHERE old.created_at <= booking_now() - :day::interval LIMIT :most::integer)
  AND EXISTS (SELECT FROM leases l WHERE l.name = :lease::text AND l.token = :token::bigint FOR SHARE)
