-- Endpoints of webhooks: w is an endpoint, s the subscription that it is, o the head of its organization.

-- fragment: endpoint
-- An endpoint's columns. Read with webhooks.endpoint_from.
w.organization_id, w.id, s.target, s.event_types, w.description, w.version, s.position, coalesce(o.last, 0) AS head,
s.failing_since, s.disabled_at, w.created_at, w.updated_at

-- fragment: endpoints
FROM webhook_endpoints w
JOIN subscriptions s ON s.organization_id = w.organization_id AND s.id = w.id
LEFT JOIN organization_positions o ON o.organization_id = w.organization_id

-- name: of_organization
SELECT {endpoint} {endpoints}
WHERE w.organization_id = :organization_id
  AND w.id = :id  -- if id
ORDER BY w.id

-- name: lock
SELECT {endpoint} {endpoints}
WHERE w.organization_id = :organization_id AND w.id = :id
FOR NO KEY UPDATE OF s, w

-- name: share
-- It is not deleted meanwhile, and whoever hands on to it does not wait.
SELECT {endpoint} {endpoints}
WHERE w.organization_id = :organization_id AND w.id = :id
FOR KEY SHARE OF s

-- name: lock_for_removal
-- Nobody makes deliveries to it any more: those that are there are seen by the next statement.
SELECT {endpoint} {endpoints}
WHERE w.organization_id = :organization_id AND w.id = :id
FOR UPDATE OF s

-- name: subscribe
-- It hears what comes after the newest event that has its position.
INSERT INTO subscriptions (organization_id, id, kind, event_types, target, position)
VALUES (:organization_id, :id, 'webhook', :types::text[], :url,
        coalesce((SELECT o.last FROM organization_positions o WHERE o.organization_id = :organization_id), 0))

-- name: add
-- With the first number that is free; no row where there is none, or another one has taken it meanwhile.
INSERT INTO webhook_endpoints (organization_id, id, number, description, secret)
SELECT :organization_id::uuid, :id::uuid, free.number, :description::text, :secret::bytea
FROM generate_series(1, :most::integer) AS free (number)
WHERE NOT EXISTS (
    SELECT FROM webhook_endpoints w WHERE w.organization_id = :organization_id AND w.number = free.number)
ORDER BY free.number LIMIT 1
ON CONFLICT (organization_id, number) DO NOTHING
RETURNING id

-- name: count
SELECT count(*) AS count FROM webhook_endpoints w WHERE w.organization_id = :organization_id

-- name: change
UPDATE webhook_endpoints w
SET version = w.version + 1, description = :description, updated_at = booking_now(),
    warned_at = CASE WHEN :anew::boolean THEN NULL ELSE w.warned_at END
WHERE w.organization_id = :organization_id AND w.id = :id

-- name: change_subscription
UPDATE subscriptions s
SET target = :url, event_types = :types::text[],
    disabled_at = CASE WHEN NOT :enabled::boolean THEN coalesce(s.disabled_at, booking_now()) END,
    failures = CASE WHEN :anew::boolean THEN 0 ELSE s.failures END,
    failing_since = CASE WHEN NOT :anew::boolean THEN s.failing_since END,
    failed_at = CASE WHEN NOT :anew::boolean THEN s.failed_at END,
    rests_until = CASE WHEN :anew::boolean THEN '-infinity' ELSE s.rests_until END
WHERE s.organization_id = :organization_id AND s.id = :id

-- name: revive
-- What failed to an endpoint and is tried again is due, and what died since its failures began too.
UPDATE deliveries d SET died_at = NULL, attempts = 0, due_at = booking_now(), token = d.token + 1
WHERE d.organization_id = :organization_id AND d.subscription_organization_id = :organization_id
  AND d.subscription_id = :id AND (d.died_at IS NULL AND d.attempts > 0 OR d.died_at >= :failing_since)

-- name: rotate
UPDATE webhook_endpoints w
SET version = w.version + 1, secret = :secret, former_secret = w.secret,
    former_until = booking_now() + :lasting::interval, updated_at = booking_now()
WHERE w.organization_id = :organization_id AND w.id = :id

-- name: remove
-- The endpoint goes with its subscription.
WITH gone AS (
    DELETE FROM subscriptions s WHERE s.organization_id = :organization_id AND s.id = :id)
DELETE FROM deliveries d
WHERE d.organization_id = :organization_id AND d.subscription_organization_id = :organization_id
  AND d.subscription_id = :id

-- name: secrets
SELECT w.secret, CASE WHEN w.former_until > booking_now() THEN w.former_secret END AS former_secret
FROM webhook_endpoints w WHERE w.organization_id = :organization_id AND w.id = :id

-- fragment: to_be_asked
-- An endpoint has something that is to be sent now, and may answer.
(s.position < coalesce(o.last, 0) OR EXISTS (
    SELECT FROM deliveries d
    WHERE d.organization_id = s.organization_id AND d.subscription_organization_id = s.organization_id
      AND d.subscription_id = s.id AND d.died_at IS NULL AND d.due_at <= booking_now() AND {first_in_line}))

-- name: failing
-- Lock endpoints that fail for so long, over all organizations, for the holder of the lease. Those that are just settled are
-- left for the next time.
SELECT {endpoint} {endpoints}
WHERE s.disabled_at IS NULL AND booking_now() - s.failing_since >= :failing_for::interval
  AND (s.failed_at - s.failing_since >= :failing_for::interval OR NOT {to_be_asked})
  AND (w.warned_at < s.failing_since) IS NOT false  -- if unwarned
  AND EXISTS (SELECT FROM leases l WHERE l.name = :lease AND l.token = :token FOR SHARE)
ORDER BY w.organization_id, w.id LIMIT :most::integer
FOR NO KEY UPDATE OF s, w SKIP LOCKED

-- name: warn
UPDATE webhook_endpoints w SET warned_at = booking_now()
FROM unnest(:organization_ids::uuid[], :ids::uuid[]) AS one (organization_id, id)
WHERE w.organization_id = one.organization_id AND w.id = one.id

-- name: disable
WITH failing AS (
    SELECT * FROM unnest(:organization_ids::uuid[], :ids::uuid[]) AS one (organization_id, id)),
changed AS (
    UPDATE webhook_endpoints w SET version = w.version + 1, updated_at = booking_now()
    FROM failing f WHERE w.organization_id = f.organization_id AND w.id = f.id),
disabled AS (
    UPDATE subscriptions s SET disabled_at = booking_now()
    FROM failing f WHERE s.organization_id = f.organization_id AND s.id = f.id)
SELECT booking_now() AS now
