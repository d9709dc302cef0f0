-- name: now
SELECT booking_now()

-- name: lock
SELECT asked.number, {person}
FROM unnest(:organization_id::uuid[], :external_id::uuid[]) WITH ORDINALITY AS asked (organization_id, external_id, number)
JOIN applicants a ON a.organization_id = asked.organization_id AND a.external_id = asked.external_id
ORDER BY a.organization_id, a.id
FOR UPDATE OF a

-- fragment: given
unnest(:organization_id::uuid[], :id::uuid[], :external_id::uuid[], :name::text[], :email::text[], :risk_level::text[],
       :screened_at::timestamptz[])
    AS given (organization_id, id, external_id, name, email, risk_level, screened_at)

-- name: add
INSERT INTO applicants (organization_id, id, external_id, name, email, risk_level, screened_at)
SELECT organization_id, id, external_id, name, email, risk_level, screened_at FROM {given}
ON CONFLICT DO NOTHING
RETURNING id

-- name: set
UPDATE applicants a
SET name = given.name, email = given.email, risk_level = given.risk_level, screened_at = given.screened_at,
    updated_at = booking_now()
FROM {given}
WHERE a.organization_id = given.organization_id AND a.id = given.id
