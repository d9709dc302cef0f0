-- Answers from phones. They name no organization: each that knows the phone is meant.

-- name: note
UPDATE contacts c SET wrote_at = :at::timestamptz
WHERE c.phone = :phone::text AND (c.wrote_at IS NULL OR c.wrote_at <= :at::timestamptz)
RETURNING c.organization_id

-- name: stop
INSERT INTO suppressions (organization_id, channel, address, reason)
SELECT of.organization_id, :channel::text, address_hash(of.organization_id, :phone::text), 'stopped'
FROM unnest(:organization_ids::uuid[]) AS of (organization_id)
ORDER BY of.organization_id
ON CONFLICT DO NOTHING

-- name: clear
DELETE FROM suppressions x USING unnest(:organization_ids::uuid[]) AS of (organization_id)
WHERE x.organization_id = of.organization_id AND x.channel = :channel::text
  AND x.address = address_hash(of.organization_id, :phone::text)

-- name: start
DELETE FROM suppressions x USING unnest(:organization_ids::uuid[]) AS of (organization_id)
WHERE x.organization_id = of.organization_id AND x.channel = :channel::text AND x.reason = 'stopped'
  AND x.address = address_hash(of.organization_id, :phone::text)

-- name: reached
-- A phone that a code has reached gets messages again, unless its person has said STOP.
DELETE FROM suppressions x USING unnest(:organization_ids::uuid[]) AS of (organization_id)
WHERE x.organization_id = of.organization_id AND x.channel <> 'email' AND x.reason <> 'stopped'
  AND x.address = address_hash(of.organization_id, :phone::text)
