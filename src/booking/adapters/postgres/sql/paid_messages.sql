-- name: pay
-- Count paid messages of the day, and return how many were asked for.
INSERT INTO paid_messages AS p (organization_id, day, asked)
SELECT given.organization_id, (booking_now() AT TIME ZONE 'UTC')::date, given.asked
FROM unnest(:organization_ids::uuid[], :asked::integer[]) AS given (organization_id, asked)
ORDER BY given.organization_id
ON CONFLICT (organization_id, day) DO UPDATE SET asked = p.asked + excluded.asked
RETURNING p.organization_id, p.asked,
    extract(epoch FROM date_trunc('day', booking_now(), 'UTC') + interval '1 day' - booking_now())::float AS left_seconds

-- name: cap
-- What is beyond the day's cap of its organization was not sent, and is not.
UPDATE notices n
SET state = 'suppressed', reason = 'daily_cap', under_way_until = NULL, ended_at = booking_now(), attempts = n.attempts - 1,
    attempted_at = CASE WHEN n.attempts > 1 THEN n.attempted_at END
FROM unnest(:organization_ids::uuid[], :ids::uuid[]) AS beyond (organization_id, id)
WHERE n.organization_id = beyond.organization_id AND n.id = beyond.id
RETURNING n.organization_id, n.id, n.kind, n.channel, n.state

-- name: forget
DELETE FROM paid_messages p
WHERE (p.organization_id, p.day) IN (
    SELECT old.organization_id, old.day FROM paid_messages old
    WHERE old.day < (booking_now() AT TIME ZONE 'UTC')::date - 1 LIMIT :most::integer)
  AND EXISTS (SELECT FROM leases l WHERE l.name = :lease::text AND l.token = :token::bigint FOR SHARE)
