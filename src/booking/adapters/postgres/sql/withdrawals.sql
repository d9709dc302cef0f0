-- Properties that are withdrawn from a time on. It stands beside their rules, which every statement about a slot reads.

-- name: mark
INSERT INTO policies (organization_id, property_id, version, withdrawn_from)
VALUES (:organization_id, :property_id, 0, :since::timestamptz)
ON CONFLICT (organization_id, property_id) DO UPDATE SET withdrawn_from = EXCLUDED.withdrawn_from

-- name: count_change
-- The property is shown otherwise from now on.
UPDATE properties h SET version = h.version + 1, updated_at = booking_now()
WHERE h.organization_id = :organization_id AND h.id = :property_id

-- name: stop_schedules
UPDATE schedules SET ended_at = booking_now(), version = version + 1, updated_at = booking_now()
WHERE organization_id = :organization_id AND property_id = :property_id AND ended_at IS NULL
RETURNING *

-- name: unmark
UPDATE policies SET withdrawn_from = NULL
WHERE organization_id = :organization_id AND property_id = :property_id AND withdrawn_from IS NOT NULL
RETURNING property_id

-- name: coming
-- Slots that end by a withdrawal. Read with claimed.empty_from.
SELECT {slot}, {rules}, {names}, booking_now() AS at
FROM slots s {terms}
WHERE s.organization_id = :organization_id AND s.property_id = :property_id AND s.cancelled_at IS NULL
  AND s.start_time > booking_now()
  AND s.start_time >= :since  -- if since
  AND s.start_time >= p.withdrawn_from  -- if marked
ORDER BY s.start_time, s.id
LIMIT :most  -- if most
