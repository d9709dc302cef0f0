-- name: page
-- What happened in an organization that the caller is an admin of, the newest first, in the words of the answer.
SELECT e.organization_position AS position, e.id, e.type, e.occurred_at,
       e.actor_subject AS "actor.subject", e.actor_role AS "actor.role", e.actor_via AS "actor.via", e.request_id, e.from_state, e.to_state,
       e.slot_id, e.booking_id, e.applicant_id, e.agent_id, e.property_id, e.endpoint_id, e.schedule_id, e.start_time, e.end_time,
       e.from_slot_id AS "moved_from.slot_id", e.from_property_id AS "moved_from.property_id",
       e.from_agent_id AS "moved_from.agent_id", e.from_start_time AS "moved_from.start_time",
       e.from_end_time AS "moved_from.end_time"
FROM events e
WHERE e.organization_id = :administered
  AND e.organization_position IS NOT NULL
  AND e.organization_position < :before  -- if before
  AND e.type = :type  -- if type
  AND e.actor_subject = :subject  -- if subject
  AND e.booking_id = :booking_id  -- if booking_id
  AND e.applicant_id = :applicant_id  -- if applicant_id
  AND e.request_id = :request_id  -- if request_id
  -- a move is found by either slot
  AND (e.slot_id = :slot_id OR e.from_slot_id = :slot_id)  -- if slot_id
  AND e.occurred_at >= :since  -- if since
  AND e.occurred_at < :until  -- if until
ORDER BY e.organization_position DESC
LIMIT :most

-- name: arriving
-- What a request has changed there, and is not in the order yet.
SELECT e.id FROM events e
WHERE e.position IS NULL AND e.organization_id = :administered AND e.request_id = :request_id
