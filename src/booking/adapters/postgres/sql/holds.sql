-- name: live
-- The holds and offers of these applicants that are not over by the clock, by the starts of their slots and then by id.
SELECT b.id, b.slot_id, b.deadline, s.start_time
FROM unnest(:organization_id::uuid[], :applicant_id::uuid[]) AS who (organization_id, applicant_id)
JOIN bookings b ON b.organization_id = who.organization_id AND b.applicant_id = who.applicant_id
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
-- a place is kept, or offered; none of them is without a deadline, which the index wants to know
WHERE b.status IN ('held', 'offered') AND b.deadline IS NOT NULL AND b.deadline > booking_now()
  AND (s.start_time, b.id) > (:after_start, :after_id)  -- if after_id
ORDER BY s.start_time, b.id
LIMIT :most
