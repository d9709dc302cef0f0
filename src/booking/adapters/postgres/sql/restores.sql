-- What is done once a backup was restored; by the owner, while nothing serves.

-- name: marks
SELECT r.* FROM restores r ORDER BY r.number

-- name: add
INSERT INTO restores (number, seal, lost, marked_at, key_id, digest)
VALUES (:number::integer, :seal::bigint, :lost::bigint, :marked_at::timestamptz, :key_id::text, :digest::bytea)

-- name: raise_epoch
-- Readers of the feed begin anew: their positions are of a history that is over.
UPDATE feed SET epoch = epoch + 1 RETURNING epoch

-- name: end_notices
-- What was due is not sent: it was, or is too late.
UPDATE notices SET state = 'obsolete', reason = 'restored', ended_at = booking_now(), under_way_until = NULL, held = false
WHERE state IN ('queued', 'sending') AND due_at <= booking_now()

-- name: pause
-- Who is told outside waits: nobody takes the lease.
UPDATE subscriptions SET leased_until = 'infinity' WHERE kind = ANY (:kinds::text[])

-- name: release
UPDATE subscriptions SET leased_until = '-infinity' WHERE leased_until = 'infinity'

-- name: newest
-- The last thing that happened before the backup ended.
SELECT max(occurred_at) AS at FROM events

-- name: rewind
-- Subscriptions of a kind hear again what happened from an instant on; one that has not come so far stays where it is.
UPDATE subscriptions s SET position = least(s.position, (
    SELECT coalesce(min(CASE WHEN s.organization_id = '00000000-0000-0000-0000-000000000000' THEN e.position
                             ELSE e.organization_position END) - 1, s.position)
    FROM events e
    WHERE e.occurred_at >= :since::timestamptz
      AND (s.organization_id = '00000000-0000-0000-0000-000000000000' OR e.organization_id = s.organization_id)))
WHERE s.kind = ANY (:kinds::text[]) AND s.disabled_at IS NULL
