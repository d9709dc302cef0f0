-- Reports of providers about messages that they accepted. n is a notice.

-- name: save
-- A message that goes again, because its outcome was not known, has arrived then: it does not go again.
UPDATE notices n
SET state = :state::text, reason = :reason::text, provider_id = coalesce(n.provider_id, :provider_id::text), under_way_until = NULL, ended_at = booking_now()
WHERE n.organization_id = :organization_id::uuid AND n.id = :id::uuid AND n.attempts > 0 AND n.state <> ALL (:stronger::text[])
RETURNING n.kind, n.channel, n.state

-- name: suppress
-- An erased person has no notices, and so no address that is kept here.
WITH sent AS (
    SELECT n.organization_id, n.channel FROM notices n
    WHERE n.organization_id = :organization_id::uuid AND n.id = :id::uuid AND n.attempts > 0
    FOR NO KEY UPDATE)
INSERT INTO suppressions (organization_id, channel, address, reason)
SELECT sent.organization_id, sent.channel, address_hash(sent.organization_id, given.address), :reason::text
FROM sent, unnest(:addresses::text[]) AS given (address)
ON CONFLICT DO NOTHING
