-- name: granting
-- Shared locks: agents act beside each other, and whoever removes one waits for what is under way.
SELECT a.organization_id, a.id, {granted_roles}
FROM unnest(:organization_id::uuid[], :id::uuid[]) AS asked (organization_id, id)
JOIN agents a ON a.organization_id = asked.organization_id AND a.id = asked.id
ORDER BY a.organization_id, a.id
FOR SHARE OF a

-- name: of_subject
-- Over all organizations: a subject has its role in one of them.
SELECT a.organization_id, a.id, a.claimed_role, a.provisioned_role, a.claimed_at, a.shut_out_at, a.erased_at,
       p.name, p.email
FROM agents a LEFT JOIN profiles p ON p.organization_id = a.organization_id AND p.agent_id = a.id
WHERE a.subject = :subject
ORDER BY a.organization_id
FOR NO KEY UPDATE OF a

-- name: add
INSERT INTO agents (organization_id, id, subject, claimed_role, provisioned_role, claimed_at)
VALUES (:organization_id, :id, :subject, :claimed_role, :provisioned_role, :claimed_at)
ON CONFLICT (organization_id, subject) DO NOTHING
RETURNING id

-- name: set
UPDATE agents
SET claimed_role = :claimed_role, provisioned_role = :provisioned_role, claimed_at = :claimed_at,
    shut_out_at = :shut_out_at, updated_at = booking_now()
WHERE organization_id = :organization_id AND id = :id

-- name: one_provisioning
-- An operator's command: of two for one subject, the later finds what the earlier wrote. Not for requests.
SELECT pg_advisory_xact_lock(hashtextextended('subject:' || :subject::text, 0))

-- name: entries
SELECT a.id, a.organization_id, a.subject, a.claimed_role, a.provisioned_role, p.name
FROM agents a LEFT JOIN profiles p ON p.organization_id = a.organization_id AND p.agent_id = a.id
WHERE (a.claimed_role IS NOT NULL OR a.provisioned_role IS NOT NULL) AND a.shut_out_at IS NULL
  AND a.organization_id = :organization_id  -- if organization_id
ORDER BY a.id

-- name: of_organization
SELECT {colleague} FROM agents a LEFT JOIN profiles p ON p.organization_id = a.organization_id AND p.agent_id = a.id
WHERE a.organization_id = :organization_id
  AND a.id = :id  -- if id
  AND a.shut_out_at IS NULL AND coalesce(a.claimed_role, a.provisioned_role) IN ('member', 'admin')  -- if active
  AND strpos(lower(concat_ws(E'\n', p.name, p.email) COLLATE "C"), :q) > 0  -- if q
  AND a.id > :after_id  -- if after_id
ORDER BY a.id
LIMIT :most

-- fragment: colleague
-- Read with colleagues.colleague_from.
a.id, a.organization_id, coalesce(a.claimed_role, a.provisioned_role) AS role, a.shut_out_at, a.created_at,
p.name, p.email, p.phone, p.locale, p.photo_url

-- name: lock
-- Of an admin and of whom they shut out: in one order, for each may do it to the other.
SELECT id FROM agents
WHERE organization_id = :organization_id AND id = ANY(:ids::uuid[])
ORDER BY id
FOR NO KEY UPDATE

-- name: held
SELECT claimed_role, provisioned_role, shut_out_at FROM agents
WHERE organization_id = :organization_id AND id = :id
FOR NO KEY UPDATE

-- name: shut_out
UPDATE agents SET shut_out_at = CASE WHEN :shut_out::boolean THEN booking_now() END, updated_at = booking_now()
WHERE organization_id = :organization_id AND id = :id

-- name: forget_answers
-- The profile, and own words, in kept answers to the agent, and to admins about them: the answers stay, for without them a retry would be done.
UPDATE answers k
SET body = convert_to(regexp_replace(convert_from(k.body, 'UTF8'),
    '"(name|email|phone|locale|photo_url|reason)":"([^"\\]|\\.)*"', '"\1":' || 'null', 'g'), 'UTF8')
FROM agents a
WHERE a.organization_id = :organization_id AND a.id = :id AND k.organization_id = a.organization_id
  AND (k.subject = a.subject AND k.route LIKE '%/me/profile'
       OR k.route LIKE '%/agents/%' AND position(convert_to(a.id::text, 'UTF8') IN k.body) > 0)
