-- name: granting
-- Shared locks: agents act beside each other, and whoever removes one waits for what is under way.
SELECT a.organization_id, a.id, a.claimed_role, a.provisioned_role
FROM unnest(:organization_id::uuid[], :id::uuid[]) AS asked (organization_id, id)
JOIN agents a ON a.organization_id = asked.organization_id AND a.id = asked.id
ORDER BY a.organization_id, a.id
FOR SHARE OF a

-- name: of_subject
-- Over all organizations: a subject has its role in one of them.
SELECT organization_id, id, claimed_role, provisioned_role, claimed_at FROM agents
WHERE subject = :subject
ORDER BY organization_id
FOR NO KEY UPDATE

-- name: add
INSERT INTO agents (organization_id, id, subject, claimed_role, provisioned_role, claimed_at)
VALUES (:organization_id, :id, :subject, :claimed_role, :provisioned_role, :claimed_at)
ON CONFLICT (organization_id, subject) DO NOTHING
RETURNING id

-- name: set
UPDATE agents
SET claimed_role = :claimed_role, provisioned_role = :provisioned_role, claimed_at = :claimed_at,
    updated_at = booking_now()
WHERE organization_id = :organization_id AND id = :id

-- name: one_provisioning
-- An operator's command: of two for one subject, the later finds what the earlier wrote. Not for requests.
SELECT pg_advisory_xact_lock(hashtextextended('subject:' || :subject::text, 0))

-- name: entries
SELECT id, organization_id, subject, claimed_role, provisioned_role FROM agents
WHERE (claimed_role IS NOT NULL OR provisioned_role IS NOT NULL)
  AND organization_id = :organization_id  -- if organization_id
ORDER BY id
