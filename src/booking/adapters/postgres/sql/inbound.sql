-- name: note
-- Note messages. Those that are noted already are missing in what comes back.
INSERT INTO inbound (organization_id, sender, id)
SELECT given.organization_id, given.sender, given.id
FROM unnest(:organization_id::uuid[], :sender::text[], :id::text[])
    WITH ORDINALITY AS given (organization_id, sender, id, number)
ORDER BY given.number
ON CONFLICT DO NOTHING
RETURNING organization_id, sender, id
