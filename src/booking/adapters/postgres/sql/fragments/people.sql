-- Rules and columns of people: a is the applicant or the agent.

-- fragment: person
-- An applicant's columns, under names that stay apart in a join. Read with rows.applicant_from.
a.id AS person_id, a.organization_id AS person_organization_id, a.external_id AS person_external_id,
a.user_id AS person_user_id, a.name AS person_name, a.email AS person_email, a.risk_level AS person_risk_level,
a.screened_at AS person_screened_at, a.erased_at AS person_erased_at

-- fragment: granted_roles
-- An agent who is shut out has none, whatever a token or an operator says.
CASE WHEN a.shut_out_at IS NULL THEN a.claimed_role END AS claimed_role,
CASE WHEN a.shut_out_at IS NULL THEN a.provisioned_role END AS provisioned_role

-- fragment: nobody
-- The same columns where a row of a UNION is about no applicant.
NULL::uuid AS person_id, NULL::uuid AS person_organization_id, NULL::uuid AS person_external_id,
NULL::text AS person_user_id, NULL::text AS person_name, NULL::text AS person_email, NULL::text AS person_risk_level,
NULL::timestamptz AS person_screened_at, NULL::timestamptz AS person_erased_at

-- fragment: eligible
-- Applicant.eligible: a level that only a newer release knows lets nobody in.
a.risk_level IN ('LOW', 'MEDIUM')

-- fragment: folded_email
-- As domain/applicant.folded, in the words of the index.
lower(a.email COLLATE "C")

-- fragment: folded_name
lower(a.name COLLATE "C")

-- fragment: linkable
-- Whether the login `asked` (subject, email) may be linked to an applicant: the same when looked for and when written.
a.user_id IS NULL AND a.erased_at IS NULL AND {folded_email} = asked.email
-- the release before knows no other login that was taken than this
AND a.unlinked_from IS DISTINCT FROM asked.subject
AND NOT EXISTS (
    SELECT FROM former_logins f
    WHERE f.organization_id = a.organization_id AND f.applicant_id = a.id AND f.subject = asked.subject)
