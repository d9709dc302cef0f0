-- name: live
-- The holds and offers of some applicants that are not over by the clock. A claim knows when its slot begins.
SELECT b.id, b.slot_id, b.deadline, b.start_time
FROM unnest(:organization_ids::uuid[], :applicant_ids::uuid[]) AS who (organization_id, applicant_id)
-- of all that ends by the clock; a status alone would be looked for among everybody's live claims
JOIN bookings b ON {unsettled}
-- a place is kept, or offered
WHERE (b.status IN ('held', 'offered')) IS true AND {running}
{page it=b s=b}
