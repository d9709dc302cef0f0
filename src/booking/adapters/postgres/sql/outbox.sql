-- Subscriptions and what is to be handed on to them. These statements go over all organizations: they are the service's own,
-- and nobody's request runs them. s is a subscription, d a delivery, e an event.

-- fragment: of_the_system
-- A subscription of the system's own, which has no organization and hears of all.
(s.organization_id = '00000000-0000-0000-0000-000000000000')

-- fragment: last
-- The position of the newest event that a subscription s can hear of.
CASE WHEN {of_the_system} THEN every.last ELSE coalesce(own.last, 0) END

-- fragment: of_subscription
-- A delivery to a subscription, which is not dead.
d.subscription_organization_id = s.organization_id AND d.subscription_id = s.id AND d.died_at IS NULL

-- fragment: due
-- A delivery that is to be made now: the first of its line, and not under way.
(d.due_at <= booking_now() AND (d.under_way_until > clock_timestamp()) IS NOT TRUE AND {first_in_line})

-- fragment: under_way
-- The number of deliveries to a subscription that are under way, in any process.
(SELECT count(*) FROM deliveries d
 WHERE d.subscription_organization_id = s.organization_id AND d.subscription_id = s.id
   AND d.under_way_until > clock_timestamp())

-- fragment: health
-- Calls in a row that failed, and how long the subscription rests for it: from the fifth on, a while longer with each probe.
-- So many that failed at once count for five at most; and what fails while it rests was begun before, and counts for nothing.
(failures, failing_since, failed_at, rests_until) = (
    SELECT now.failures,
           CASE WHEN now.failures = 0 THEN NULL WHEN was.failures = 0 THEN booking_now() ELSE s.failing_since END,
           CASE WHEN now.failures = 0 THEN NULL WHEN :failures::integer > 0 THEN booking_now() ELSE s.failed_at END,
           CASE WHEN now.failures < 5 THEN '-infinity'
                WHEN :failures = 0 OR was.resting THEN s.rests_until
                ELSE booking_now() + (:rests::interval[])[least(now.failures - 4, cardinality(:rests::interval[]))] END
    FROM (SELECT CASE WHEN :answered::boolean THEN 0 ELSE s.failures END AS failures,
                 NOT :answered::boolean AND s.rests_until > booking_now() AS resting) was
    CROSS JOIN LATERAL (
        SELECT CASE WHEN :failures::integer = 0 OR was.resting THEN was.failures
                    ELSE least(was.failures + :failures::integer, greatest(was.failures + 1, 5)) END AS failures) now)

-- fragment: attempted
-- Keep a record of attempts.
INSERT INTO webhook_attempts (organization_id, endpoint_id, id, event_id, type, position, attempt, attempted_at, ms,
                              status, failure, answer)
SELECT mine.organization_id, mine.id, one.id, one.event_id, one.type, one.position, one.attempt,
       booking_now() - one.ago, one.ms, one.status, one.failure, one.answer
FROM mine CROSS JOIN unnest(
    :attempt_ids::uuid[], :attempted_events::uuid[], :types::text[], :organization_positions::bigint[],
    :numbers::smallint[], :ago::interval[], :ms::integer[], :statuses::smallint[], :words::text[], :answers::text[])
    AS one (id, event_id, type, position, attempt, ago, ms, status, failure, answer)

-- name: place
SELECT place_events(:most::integer) AS placed

-- name: lease
-- Lease the subscriptions that are behind, or have a delivery that is due. Those who waited longest come first.
WITH free AS (
    SELECT s.organization_id, s.id, {last} AS last, known.most
    FROM subscriptions s
    -- a newer release's kinds are left to it
    JOIN unnest(:kinds::text[], :at_once::integer[], :mosts::integer[]) AS known (kind, at_once, most) ON known.kind = s.kind
    CROSS JOIN positions every
    LEFT JOIN organization_positions own ON own.organization_id = s.organization_id
    WHERE s.leased_until <= clock_timestamp()
      AND s.disabled_at IS NULL AND s.rests_until <= booking_now()
      AND {under_way} < CASE WHEN s.failures < 5 THEN known.at_once ELSE 1 END
      -- in the order of an index, which is not left for the table where most of it is one subscription's
      AND (s.position < {last}
           OR (SELECT true FROM deliveries d WHERE {of_subscription} AND {due} ORDER BY d.due_at LIMIT 1))
    ORDER BY s.leased_until
    LIMIT :many::integer
    FOR NO KEY UPDATE OF s SKIP LOCKED)
UPDATE subscriptions s SET token = s.token + 1, leased_until = clock_timestamp() + :lease::interval
FROM free WHERE s.organization_id = free.organization_id AND s.id = free.id
RETURNING s.organization_id, s.id, s.kind, s.target, s.token, s.failures,
          greatest(s.position, least(s.position + free.most, free.last)) AS upto, free.most

-- name: work
-- What is to be handed on under these leases: deliveries that are due, and events after the cursor.
WITH held AS (
    SELECT s.*, asked.upto, asked.most, {under_way} AS under_way
    FROM unnest(:organization_ids::uuid[], :ids::uuid[], :uptos::bigint[], :mosts::integer[])
        AS asked (organization_id, id, upto, most)
    JOIN subscriptions s ON s.organization_id = asked.organization_id AND s.id = asked.id),
due AS (
    -- the release before leases a row by its time and its token
    UPDATE deliveries d SET due_at = booking_now() + :lease::interval, token = d.token + 1
    FROM held s CROSS JOIN LATERAL (
        SELECT d.organization_id, d.event_id FROM deliveries d
        WHERE {of_subscription} AND ({due}) IS true
        -- in the order of its index, however many are due; of one that rested the first is a probe
        ORDER BY d.position LIMIT CASE WHEN s.failures < 5 THEN s.most ELSE 1 END
        FOR UPDATE SKIP LOCKED) one
    WHERE d.organization_id = one.organization_id AND d.event_id = one.event_id
      AND d.subscription_organization_id = s.organization_id AND d.subscription_id = s.id
    RETURNING d.*, s.under_way),
fresh AS (
    SELECT s.organization_id AS subscription_organization_id, s.id AS subscription_id, s.under_way, e.*
    FROM held s CROSS JOIN LATERAL (
        SELECT e.* FROM events e WHERE {of_the_system} AND e.position > s.position AND e.position <= s.upto
        UNION ALL
        SELECT e.* FROM events e
        WHERE NOT {of_the_system} AND e.organization_id = s.organization_id
          AND e.organization_position > s.position AND e.organization_position <= s.upto) e
    WHERE s.event_types IS NULL OR e.type = ANY (s.event_types))
SELECT due.subscription_organization_id, due.subscription_id, due.under_way, {event}, e.organization_position, due.attempts, true AS kept, false AS behind
FROM due JOIN events e
    ON e.organization_id = due.organization_id AND e.id = due.event_id AND e.occurred_at = due.occurred_at
UNION ALL
SELECT e.subscription_organization_id, e.subscription_id, e.under_way, {event}, e.organization_position, 0, false,
    -- behind one of its line that failed
    EXISTS (SELECT FROM deliveries d
            WHERE d.organization_id = e.organization_id
              AND d.line = {line}
              AND (d.subscription_organization_id = e.subscription_organization_id) IS true
              AND (d.subscription_id = e.subscription_id) IS true AND d.died_at IS NULL)
FROM fresh e
ORDER BY position

-- name: settle
-- Move the cursor on, keep what failed, waits or is under way, and give the lease back; nothing of it where the lease is
-- another's.
WITH mine AS (
    UPDATE subscriptions s SET position = :upto::bigint, leased_until = clock_timestamp(), {health}
    WHERE s.organization_id = :organization_id::uuid AND s.id = :id::uuid AND s.token = :token::bigint
    RETURNING s.organization_id, s.id),
heard AS (
    DELETE FROM deliveries d
    USING mine, unnest(:heard_organization_ids::uuid[], :heard_ids::uuid[]) AS one (organization_id, event_id)
    WHERE d.organization_id = one.organization_id AND d.event_id = one.event_id
      AND d.subscription_organization_id = mine.organization_id AND d.subscription_id = mine.id),
attempted AS ({attempted}),
kept AS (
    INSERT INTO deliveries AS d (subscription_organization_id, subscription_id, organization_id, event_id, occurred_at,
                                 position, line, attempts, reason, due_at, died_at, token, under_way_until)
    SELECT mine.organization_id, mine.id, one.organization_id, one.event_id, one.occurred_at, one.position, one.line,
           one.attempts, one.reason, booking_now() + coalesce(one.again_in, interval '0'),
           CASE WHEN one.again_in IS NULL THEN booking_now() END, :token::bigint,
           CASE WHEN one.under_way THEN clock_timestamp() + :lease::interval END
    FROM mine CROSS JOIN unnest(
        :organization_ids::uuid[], :event_ids::uuid[], :occurred::timestamptz[], :positions::bigint[], :lines::uuid[],
        :attempts::smallint[], :reasons::text[], :pauses::interval[], :under_way::boolean[])
        AS one (organization_id, event_id, occurred_at, position, line, attempts, reason, again_in, under_way)
    ON CONFLICT (organization_id, event_id, subscription_organization_id, subscription_id) DO UPDATE
    SET attempts = excluded.attempts, reason = excluded.reason, due_at = excluded.due_at, died_at = excluded.died_at,
        token = excluded.token, under_way_until = excluded.under_way_until)
SELECT id FROM mine

-- name: conclude
-- Settle deliveries that were under way, unless somebody else has taken them up since.
WITH concluded AS (
    SELECT d.organization_id, d.event_id, s.organization_id AS subscription_organization_id, s.id AS subscription_id
    FROM subscriptions s
    CROSS JOIN unnest(:heard_organization_ids::uuid[] || :organization_ids::uuid[], :heard_ids::uuid[] || :event_ids::uuid[])
        AS one (organization_id, event_id)
    JOIN deliveries d
        ON d.organization_id = one.organization_id AND d.event_id = one.event_id
       AND d.subscription_organization_id = s.organization_id AND d.subscription_id = s.id
    WHERE s.organization_id = :organization_id::uuid AND s.id = :id::uuid
      AND d.token = :token::bigint AND d.under_way_until IS NOT NULL
    FOR NO KEY UPDATE OF s, d),
mine AS (
    UPDATE subscriptions s SET {health}
    WHERE s.organization_id = :organization_id::uuid AND s.id = :id::uuid AND EXISTS (SELECT FROM concluded)
    RETURNING s.organization_id, s.id),
heard AS (
    DELETE FROM deliveries d USING concluded c
    WHERE d.organization_id = c.organization_id AND d.event_id = c.event_id
      AND d.subscription_organization_id = c.subscription_organization_id AND d.subscription_id = c.subscription_id
      AND d.event_id = ANY (:heard_ids::uuid[])),
failed AS (
    UPDATE deliveries d
    SET attempts = one.attempts, reason = one.reason, due_at = booking_now() + coalesce(one.again_in, interval '0'),
        died_at = CASE WHEN one.again_in IS NULL THEN booking_now() END, under_way_until = NULL
    FROM concluded c JOIN unnest(
        :organization_ids::uuid[], :event_ids::uuid[], :attempts::smallint[], :reasons::text[], :pauses::interval[])
        AS one (organization_id, event_id, attempts, reason, again_in)
        ON one.organization_id = c.organization_id AND one.event_id = c.event_id
    WHERE d.organization_id = c.organization_id AND d.event_id = c.event_id
      AND d.subscription_organization_id = c.subscription_organization_id AND d.subscription_id = c.subscription_id),
attempted AS ({attempted})
SELECT id FROM mine

-- name: waiting
-- Count the events that are still to be handed on; the dead are not, and none of who is disabled.
SELECT (SELECT count(*) FROM events WHERE position IS NULL)
     + (SELECT count(*) FROM deliveries d
        JOIN subscriptions s ON s.organization_id = d.subscription_organization_id AND s.id = d.subscription_id
        WHERE d.died_at IS NULL AND s.disabled_at IS NULL)
     + (SELECT coalesce(sum(({last}) - s.position), 0)::bigint
        FROM subscriptions s CROSS JOIN positions every
        LEFT JOIN organization_positions own ON own.organization_id = s.organization_id
        WHERE s.disabled_at IS NULL) AS waiting

-- name: backlogs
-- What the subscriptions of each kind have not heard.
WITH state AS (
    SELECT s.kind, s.disabled_at IS NULL AS alive, s.failures >= 5 AS resting, own_dead.count AS dead,
           ({last}) - s.position + waiting.count AS behind, least(waiting.first, after.first) AS first
    FROM subscriptions s
    CROSS JOIN positions every
    LEFT JOIN organization_positions own ON own.organization_id = s.organization_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS count, min(d.occurred_at) AS first FROM deliveries d WHERE {of_subscription}) waiting
    CROSS JOIN LATERAL (
        SELECT count(*) AS count FROM deliveries d
        WHERE d.subscription_organization_id = s.organization_id AND d.subscription_id = s.id
          AND d.died_at IS NOT NULL) own_dead
    CROSS JOIN LATERAL (
        SELECT min(e.occurred_at) AS first FROM (
            SELECT e.occurred_at FROM events e
            WHERE {of_the_system} AND e.position = s.position + 1
            UNION ALL
            SELECT e.occurred_at FROM events e
            WHERE NOT {of_the_system} AND e.organization_id = s.organization_id
              AND e.organization_position = s.position + 1) e) after)
SELECT kind, coalesce(max(behind) FILTER (WHERE alive), 0) AS behind,
       coalesce(booking_now() - min(first) FILTER (WHERE alive), interval '0') AS oldest,
       sum(dead)::bigint AS dead, count(*) FILTER (WHERE alive AND resting) AS resting,
       count(*) FILTER (WHERE NOT alive) AS disabled
FROM state GROUP BY kind

-- name: dead
SELECT {event}, d.subscription_organization_id, d.subscription_id, d.attempts, d.reason, d.died_at
FROM deliveries d JOIN events e
    ON e.organization_id = d.organization_id AND e.id = d.event_id AND e.occurred_at = d.occurred_at
WHERE d.died_at IS NOT NULL ORDER BY d.position LIMIT :most::integer

-- name: redrive
-- Make dead deliveries due again: those of these events, or all.
UPDATE deliveries d SET died_at = NULL, attempts = 0, due_at = booking_now(), token = d.token + 1
WHERE d.died_at IS NOT NULL AND (:every::boolean OR d.event_id = ANY (:event_ids::uuid[]))
RETURNING d.event_id
