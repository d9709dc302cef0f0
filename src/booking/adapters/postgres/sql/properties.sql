-- fragment: property
-- Read with properties.property_from.
h.*, (SELECT p.withdrawn_from FROM policies p
      WHERE p.organization_id = h.organization_id AND p.property_id = h.id) AS withdrawn_from

-- name: get
SELECT {property} FROM properties h WHERE h.organization_id = :organization_id AND h.id = :id

-- name: known
-- Slots of before there were properties have none.
SELECT EXISTS (SELECT FROM properties h WHERE h.organization_id = :organization_id AND h.id = :id)
    OR EXISTS (SELECT FROM slots s WHERE s.organization_id = :organization_id AND s.property_id = :id)

-- name: of_organization
SELECT {property} FROM properties h
WHERE h.organization_id = :organization_id
  AND strpos(lower(concat_ws(E'\n', h.label, h.area) COLLATE "C"), :q) > 0  -- if q
  AND strpos(lower(concat_ws(E'\n', h.label, h.area, h.address) COLLATE "C"), :q_in_address) > 0  -- if q_in_address
  AND h.status = :status  -- if status
  AND h.updated_at > :updated_after  -- if updated_after
  AND (h.updated_at, h.id) > (:after_time, :after_id)  -- if after_id
ORDER BY h.updated_at, h.id
LIMIT :most

-- name: last_visit
SELECT max(s.end_time) FROM bookings b
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
WHERE b.organization_id = :organization_id AND b.applicant_id = :applicant_id AND s.property_id = :id
  AND b.status = 'confirmed'

-- name: lock_one
SELECT {property}, booking_now() AS at FROM properties h
WHERE h.organization_id = :organization_id AND h.id = :id
FOR NO KEY UPDATE

-- name: lock
-- For slots that are to be offered there: nobody archives one meanwhile, and whoever offers others there waits.
SELECT h.id, h.status FROM properties h
WHERE h.organization_id = :organization_id AND h.id = ANY(:ids::uuid[])
ORDER BY h.id
FOR NO KEY UPDATE

-- name: add_nameless
INSERT INTO properties (organization_id, id)
SELECT :organization_id::uuid, given.id FROM unnest(:ids::uuid[]) AS given (id) ORDER BY given.id
ON CONFLICT DO NOTHING
