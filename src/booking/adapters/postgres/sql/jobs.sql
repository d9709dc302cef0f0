-- Jobs: j is one.

-- fragment: job
j.organization_id, j.id, j.kind, j.state, j.done, j.total, j.failures::text AS failures, j.input::text AS input, j.subject,
j.role, j.created_at, j.ended_at

-- name: add
INSERT INTO jobs (organization_id, id, kind, total, input, subject, role)
VALUES (:organization_id, :id, :kind, :total, :input::text::jsonb, :subject, :role)
RETURNING created_at

-- name: get
SELECT {job} FROM jobs j WHERE j.organization_id = :organization_id AND j.id = :id

-- name: next
-- Over all organizations: each job has its turn.
SELECT {job} FROM jobs j WHERE j.ended_at IS NULL ORDER BY j.updated_at, j.id LIMIT 1

-- name: due
-- What planning has to do, over all organizations.
SELECT (SELECT count(*) FROM schedules h WHERE h.ended_at IS NULL AND h.due_at <= booking_now()) AS schedules,
       (SELECT count(*) FROM agent_calendars c WHERE c.due_at <= booking_now()) AS calendars,
       (SELECT count(*) FROM jobs j WHERE j.ended_at IS NULL) AS jobs

-- name: advance
-- From where it was when the step began: what another process did since is told once, by that one.
UPDATE jobs
SET state = 'running', done = least(done + :done::integer, total), failures = failures || :failures::text::jsonb,
    updated_at = booking_now()
WHERE organization_id = :organization_id AND id = :id AND ended_at IS NULL AND done = :before
RETURNING done

-- name: end
UPDATE jobs
SET state = :state, done = CASE WHEN :state::text = 'done' THEN total ELSE done END, updated_at = booking_now(),
    ended_at = booking_now()
WHERE organization_id = :organization_id AND id = :id AND ended_at IS NULL
