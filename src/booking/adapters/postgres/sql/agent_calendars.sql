-- Calendars of agents: c is one, k a block.

-- fragment: agent_calendar
-- Read with agent_calendars.calendar_from.
c.organization_id, c.agent_id, c.host, c.read_at, c.failing_since, c.created_at

-- name: add
INSERT INTO agent_calendars AS c (organization_id, agent_id, url, host)
VALUES (:organization_id, :agent_id, :url, :host)
RETURNING {agent_calendar}

-- name: get
SELECT {agent_calendar} FROM agent_calendars c WHERE c.organization_id = :organization_id AND c.agent_id = :agent_id

-- name: remove
DELETE FROM agent_calendars c WHERE c.organization_id = :organization_id AND c.agent_id = :agent_id RETURNING c.agent_id

-- name: take
-- Over all organizations, for the holder of the lease. What is read whole has no validators.
UPDATE agent_calendars c SET due_at = booking_now() + :every::interval
FROM (
    SELECT d.organization_id, d.agent_id FROM agent_calendars d
    WHERE d.due_at <= booking_now()
      AND EXISTS (SELECT FROM leases l WHERE l.name = :lease AND l.token = :token FOR SHARE)
    ORDER BY d.due_at LIMIT :most::integer
    FOR NO KEY UPDATE SKIP LOCKED) due
LEFT JOIN organizations agency ON agency.organization_id = due.organization_id
WHERE c.organization_id = due.organization_id AND c.agent_id = due.agent_id
RETURNING c.organization_id, c.agent_id, c.url, coalesce(agency.time_zone, 'UTC') AS zone,
    CASE WHEN c.whole_at > booking_now() - :whole_after::interval AND c.given_up_at IS NULL THEN c.etag END AS etag,
    CASE WHEN c.whole_at > booking_now() - :whole_after::interval AND c.given_up_at IS NULL THEN c.last_modified
    END AS last_modified

-- name: note_reading
-- Of the URL that was read, by the holder of the lease; no row for any other.
UPDATE agent_calendars c
SET etag = :etag, last_modified = :last_modified, read_at = booking_now(), failing_since = NULL, given_up_at = NULL,
    whole_at = CASE WHEN :whole::boolean THEN booking_now() ELSE c.whole_at END
WHERE c.organization_id = :organization_id AND c.agent_id = :agent_id AND c.url = :url
  AND EXISTS (SELECT FROM leases l WHERE l.name = :lease AND l.token = :token FOR SHARE)
RETURNING booking_now() AS at

-- name: note_failure
-- Gives whether it is given up with this one.
UPDATE agent_calendars c
SET failing_since = coalesce(c.failing_since, booking_now()),
    given_up_at = coalesce(c.given_up_at, CASE WHEN c.failing_since <= booking_now() - :kept::interval THEN booking_now() END)
WHERE c.organization_id = :organization_id AND c.agent_id = :agent_id AND c.url = :url
  AND EXISTS (SELECT FROM leases l WHERE l.name = :lease AND l.token = :token FOR SHARE)
RETURNING c.given_up_at = booking_now() AS given_up
