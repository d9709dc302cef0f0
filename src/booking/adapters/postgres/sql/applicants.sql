-- name: of_organization
SELECT {person} FROM applicants a
WHERE a.organization_id = :organization_id AND a.erased_at IS NULL
  AND (strpos({folded_email}, :q) > 0 OR strpos({folded_name}, :q) > 0)  -- if q
  AND {eligible}  -- if eligible
  AND NOT {eligible}  -- if ineligible
  AND a.id > :after_id  -- if after_id
ORDER BY a.id
LIMIT :most

-- name: by_email
-- Over all organizations, unless one is named.
SELECT {person} FROM applicants a
WHERE a.erased_at IS NULL AND {folded_email} = :email
  AND a.organization_id = :organization_id  -- if organization_id
ORDER BY a.id

-- name: lock
SELECT {person} FROM applicants a WHERE a.organization_id = :organization_id AND a.id = :id FOR UPDATE

-- name: lock_in_order
SELECT {person}
FROM unnest(:organization_id::uuid[], :id::uuid[]) AS asked (organization_id, id)
JOIN applicants a ON a.organization_id = asked.organization_id AND a.id = asked.id
ORDER BY a.organization_id, a.id
FOR NO KEY UPDATE OF a

-- name: unlink
UPDATE applicants a SET user_id = NULL, unlinked_from = a.user_id, updated_at = booking_now()
WHERE a.organization_id = :organization_id AND a.id = :id AND a.user_id IS NOT NULL
RETURNING {person}, a.unlinked_from

-- name: keep_taken
-- What the release before took from somebody.
INSERT INTO former_logins (organization_id, applicant_id, subject)
SELECT organization_id, id, unlinked_from FROM applicants
WHERE organization_id = :organization_id AND id = :id AND unlinked_from IS NOT NULL
ON CONFLICT DO NOTHING

-- name: taken
-- A login that was taken from somebody is never linked to them again.
INSERT INTO former_logins (organization_id, applicant_id, subject) VALUES (:organization_id, :id, :subject)
ON CONFLICT DO NOTHING

-- name: forget_words
-- What somebody wrote, and what was written about them, but for the reason that the service gives itself.
UPDATE bookings b
SET notes = '', comment = CASE WHEN b.comment IS NOT NULL THEN '' END,
    reason = CASE WHEN b.reason = :kept_reason THEN b.reason END
WHERE b.organization_id = :organization_id AND b.applicant_id = :id

-- name: forget_answers
-- The words in kept answers that name a person, or that were given to a login which is nobody else's: the answers stay,
-- for without them a retry would be done. An answer is kept by one organization of its caller's, and may be about another,
-- whose it then stays: so over all of the login's. A phone and a locale have a form that an empty text has not.
UPDATE answers k
SET body = convert_to(regexp_replace(regexp_replace(convert_from(k.body, 'UTF8'),
    '"(notes|reason|comment|name|email)":"([^"\\]|\\.)*"', '"\1":""', 'g'),
    '"(phone|locale)":"([^"\\]|\\.)*"', '"\1":' || 'null', 'g'), 'UTF8')
WHERE k.organization_id = :organization_id AND {names_them}
   OR k.subject = :login AND ({names_them} OR NOT (
       EXISTS (SELECT FROM applicants a WHERE a.user_id = :login) OR EXISTS (SELECT FROM agents WHERE subject = :login)))

-- fragment: names_them
position(convert_to(:id::uuid::text, 'UTF8') IN k.body) > 0
