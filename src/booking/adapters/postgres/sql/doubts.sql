-- name: in_doubt
-- Notices of bookings that may have been accepted or not.
SELECT n.organization_id, n.id, n.cause, n.kind, n.recipient, n.recipient_id, n.channel, n.booking_id, n.sequence, n.slot_id,
       n.property_id, n.agent_id, n.endpoint_id, n.actor_role, n.before_start, n.start_time, n.end_time, n.moved_from,
       n.happened_at, n.due_at, n.not_after, n.held, booking_now() AS at
FROM unnest(:organization_ids::uuid[], :ids::uuid[]) AS asked (organization_id, id)
JOIN notices n ON n.organization_id = asked.organization_id AND n.id = asked.id
WHERE n.booking_id IS NOT NULL AND n.agent_id IS NOT NULL
