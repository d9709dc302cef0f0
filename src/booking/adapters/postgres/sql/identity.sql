-- name: logins
-- For each login a row for the agent that it is, and for each applicant that it is or could be linked to.
-- Over all organizations: a token may name none.
SELECT asked.number, theirs.*
FROM unnest(:subject::text[], :email::text[], :organization_id::uuid[], :role::text[]) WITH ORDINALITY
    AS asked (subject, email, organization_id, role, number)
JOIN LATERAL (
    -- an agent by what an earlier token claimed
    SELECT organization_id, id, claimed_role AS role, true AS claimed, claimed_at, shut_out_at IS NOT NULL AS shut_out, {nobody}
    FROM agents WHERE subject = asked.subject AND claimed_role IS NOT NULL
    UNION ALL
    -- an agent whom an operator provisioned, unless this token claims an agency
    SELECT organization_id, id, provisioned_role, false, claimed_at, false, {nobody}
    FROM agents
    WHERE subject = asked.subject AND provisioned_role IS NOT NULL AND asked.organization_id IS NULL AND shut_out_at IS NULL
    UNION ALL
    -- an applicant who is linked
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, {person}
    FROM applicants a WHERE a.user_id = asked.subject
    UNION ALL
    -- an applicant who can be, by the email that is vouched for
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, {person}
    FROM applicants a WHERE {linkable}
) theirs ON true
ORDER BY asked.number, theirs.person_id

-- name: lock
SELECT id FROM applicants WHERE organization_id = :organization_id AND id = :id FOR NO KEY UPDATE

-- name: link
-- Link an applicant, if that is still possible.
UPDATE applicants a SET user_id = asked.subject, updated_at = booking_now()
FROM (VALUES (:subject::text, :email::text)) asked (subject, email)
WHERE a.organization_id = :organization_id AND a.id = :id AND {linkable}
RETURNING a.id
