-- Deliveries to webhook endpoints: w is an endpoint, a an attempt, d a delivery, e an event.

-- name: keep
INSERT INTO webhook_attempts (organization_id, endpoint_id, id, event_id, type, position, attempt, attempted_at, ms,
                              status, failure, answer)
SELECT w.organization_id, w.id, :attempt_id, :event_id, :type, :position::bigint, :attempt::smallint,
       :attempted_at::timestamptz, :ms::integer, :status::smallint, :failure::text, :answer::text
FROM webhook_endpoints w WHERE w.organization_id = :organization_id AND w.id = :id

-- name: attempts
-- The newest first; what is kept for longer is only not deleted yet. A row of an endpoint without one has no id.
SELECT a.id, a.event_id, a.type, a.position, a.attempt, a.attempted_at, a.ms, a.status, a.failure, a.answer
FROM webhook_endpoints w LEFT JOIN LATERAL (
    SELECT * FROM webhook_attempts a
    WHERE a.organization_id = w.organization_id AND a.endpoint_id = w.id
      AND a.attempted_at > booking_now() - :kept::interval
      AND a.event_id = :event_id  -- if event_id
      AND a.failure IS NOT NULL  -- if failed
      AND a.failure IS NULL  -- if heard
      AND a.id < :after_id  -- if after_id
    ORDER BY a.id DESC
    LIMIT :most) a ON true
WHERE w.organization_id = :organization_id AND w.id = :id
ORDER BY a.id DESC

-- name: oldest
-- The oldest position of an organization that is kept.
SELECT e.organization_position AS position FROM events e
WHERE e.organization_id = :organization_id AND e.organization_position IS NOT NULL
ORDER BY e.organization_position LIMIT 1

-- name: replay
-- What an endpoint has come to is due again, in the order of lines: a delivery goes by the position of its event.
INSERT INTO deliveries AS d (subscription_organization_id, subscription_id, organization_id, event_id, occurred_at,
                             position, line, attempts, due_at)
SELECT s.organization_id, s.id, e.organization_id, e.id, e.occurred_at, e.position, {line}, 0, booking_now()
FROM subscriptions s JOIN events e ON e.organization_id = s.organization_id
WHERE s.organization_id = :organization_id AND s.id = :id
  AND e.organization_position BETWEEN :first::bigint AND least(:last::bigint, s.position)
  AND (s.event_types IS NULL OR e.type = ANY (s.event_types))
ORDER BY e.organization_position  -- for all who lock these rows
ON CONFLICT (organization_id, event_id, subscription_organization_id, subscription_id) DO UPDATE
SET attempts = EXCLUDED.attempts, reason = EXCLUDED.reason, due_at = EXCLUDED.due_at, died_at = EXCLUDED.died_at

-- name: replay_failed
-- All that failed, dead or not, is due again.
UPDATE deliveries d SET attempts = 0, reason = NULL, due_at = booking_now(), died_at = NULL
FROM (
    SELECT d.organization_id, d.event_id, d.subscription_organization_id, d.subscription_id FROM deliveries d
    WHERE d.organization_id = :organization_id AND d.subscription_organization_id = :organization_id
      AND d.subscription_id = :id AND (d.attempts > 0 OR d.died_at IS NOT NULL)
    ORDER BY d.position LIMIT :most::integer
    FOR NO KEY UPDATE) chosen
WHERE d.organization_id = chosen.organization_id AND d.event_id = chosen.event_id
  AND d.subscription_organization_id = chosen.subscription_organization_id AND d.subscription_id = chosen.subscription_id

-- name: wake
-- An endpoint that rests is tried at once.
UPDATE subscriptions s SET rests_until = '-infinity' WHERE s.organization_id = :organization_id AND s.id = :id
