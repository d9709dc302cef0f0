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

-- name: asked
-- Visits that come, or were released and can be taken back, which a phone's person was asked about by this channel and has not
-- answered; of the message that the answer is to, or else of all that were sent before. Meta's times have whole seconds.
SELECT DISTINCT ON (b.organization_id, b.id) b.id AS booking_id, b.sequence,
       b.status <> 'confirmed' AS released, {person}
FROM contacts c
JOIN applicants a ON a.organization_id = c.organization_id AND a.id = c.applicant_id AND {eligible} AND a.erased_at IS NULL
JOIN bookings b ON b.organization_id = a.organization_id AND b.applicant_id = a.id
    AND b.attendance_confirmed_at IS NULL
    AND (b.status = 'confirmed' OR b.status = 'cancelled_unconfirmed' AND b.updated_at > booking_now() - {take_back})
JOIN notices n ON n.organization_id = b.organization_id AND n.booking_id = b.id AND n.sequence = b.sequence
WHERE c.phone = :phone::text AND c.proved_phone = c.phone
  AND n.channel = :channel::text AND n.recipient_id = a.id AND n.answer_by IS NOT NULL
  AND n.state IN ('sending', 'sent', 'delivered', 'unknown') AND n.start_time > booking_now()
  AND CASE WHEN :about::text IS NULL THEN date_trunc('second', n.attempted_at) <= :at::timestamptz
           ELSE n.provider_id = :about::text END
ORDER BY b.organization_id, b.id
