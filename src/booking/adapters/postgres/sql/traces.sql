-- name: keep
-- Keep where the events of a request go on in its trace. A request's name that comes again goes on where it did first.
INSERT INTO traces (organization_id, request_id, parent)
SELECT given.organization_id, given.request_id, given.parent
FROM unnest(:organization_ids::uuid[], :request_ids::text[], :parents::text[])
    AS given (organization_id, request_id, parent)
ON CONFLICT DO NOTHING

-- name: of_requests
SELECT t.organization_id, t.request_id, t.parent
FROM unnest(:organization_ids::uuid[], :request_ids::text[]) AS asked (organization_id, request_id)
JOIN traces t ON t.organization_id = asked.organization_id AND t.request_id = asked.request_id

-- name: of_notices
-- Notices about bookings, by the events that they tell of.
SELECT n.id, min(t.parent) AS parent
FROM unnest(:organization_ids::uuid[], :ids::uuid[]) AS asked (organization_id, id)
JOIN notices n ON n.organization_id = asked.organization_id AND n.id = asked.id
JOIN events e ON e.organization_id = n.organization_id AND e.booking_id = n.booking_id
    AND e.occurred_at = n.happened_at AND e.position IS NOT NULL
JOIN traces t ON t.organization_id = e.organization_id AND t.request_id = e.request_id
GROUP BY n.id
