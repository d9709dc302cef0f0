-- The system's own subscription that hands all events on to AWS.

-- name: serve
-- Hand on to this target: from the newest event on where there was none, else from where it was.
INSERT INTO subscriptions AS s (organization_id, id, kind, target, position)
SELECT '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000002', 'aws', :target::text, p.last
FROM positions p
ON CONFLICT (organization_id, id) DO UPDATE
SET target = excluded.target, disabled_at = NULL, failures = 0, failing_since = NULL, failed_at = NULL,
    rests_until = '-infinity'
WHERE s.target <> excluded.target OR s.disabled_at IS NOT NULL

-- name: rest
-- Hand on no more; the cursor stays.
UPDATE subscriptions s SET disabled_at = booking_now()
WHERE s.organization_id = '00000000-0000-0000-0000-000000000000' AND s.id = '00000000-0000-0000-0000-000000000002'
  AND s.disabled_at IS NULL
