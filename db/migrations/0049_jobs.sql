-- Jobs: changes of many slots, done in steps (ADR 88); and properties that are withdrawn from a time on.

-- Beside the rules, for every statement that decides on a slot reads them anyway. Version 0: no rule was ever set.
ALTER TABLE policies ADD COLUMN withdrawn_from timestamptz;
ALTER TABLE policies DROP CONSTRAINT policies_version_check;
ALTER TABLE policies ADD CONSTRAINT policies_version_check CHECK (version >= 0) NOT VALID;

CREATE TABLE jobs (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('withdrawal', 'absence')),
    state           text        NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')) DEFAULT 'queued',
    done            integer     NOT NULL CHECK (done BETWEEN 0 AND total) DEFAULT 0,
    total           integer     NOT NULL CHECK (total >= 0),
    failures        jsonb       NOT NULL DEFAULT '[]',
    input           jsonb       NOT NULL,
    subject         text        CHECK (length(subject) <= 255),  -- whose it is
    role            text        NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    ended_at        timestamptz,
    PRIMARY KEY (organization_id, id),
    CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'failed')))
);
CREATE INDEX jobs_under_way ON jobs (updated_at, id) WHERE ended_at IS NULL;

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT UPDATE (withdrawn_from) ON policies TO %I', serving);
    EXECUTE format('GRANT SELECT ON jobs TO %I', serving);
    EXECUTE format('GRANT INSERT (organization_id, id, kind, total, input, subject, role) ON jobs TO %I', serving);
    EXECUTE format('GRANT UPDATE (state, done, failures, updated_at, ended_at) ON jobs TO %I', serving);
END
$$;
