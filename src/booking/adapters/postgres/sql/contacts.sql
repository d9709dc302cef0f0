-- fragment: contact
c.organization_id, c.applicant_id, c.phone, c.proved_phone, c.locale, c.channels, c.own

-- name: of
-- The person's own word first, then what was changed last.
SELECT {contact} FROM unnest(:organization_id::uuid[], :applicant_id::uuid[]) AS asked (organization_id, applicant_id)
JOIN contacts c ON c.organization_id = asked.organization_id AND c.applicant_id = asked.applicant_id
ORDER BY cardinality(c.own) = 0, c.updated_at DESC, c.applicant_id

-- name: fill
-- From screenings: what is a person's own word came from the row, which nobody else changes under the applicant's lock.
INSERT INTO contacts (organization_id, applicant_id, phone, locale)
SELECT organization_id, applicant_id, phone, locale
FROM unnest(:organization_id::uuid[], :applicant_id::uuid[], :phone::text[], :locale::text[])
    AS given (organization_id, applicant_id, phone, locale)
ON CONFLICT (organization_id, applicant_id)
DO UPDATE SET phone = EXCLUDED.phone, locale = EXCLUDED.locale, updated_at = EXCLUDED.updated_at
