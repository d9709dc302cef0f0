-- Changes of schedules (ADR 93): those of many slots are ended by a job; and events say which schedule they are about.

ALTER TABLE schedule_occurrences ADD COLUMN job_id uuid;  -- the job that is still to end its slot
ALTER TABLE events ADD COLUMN schedule_id uuid;
ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('withdrawal', 'absence', 'schedule_change')) NOT VALID;

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT UPDATE (job_id) ON schedule_occurrences TO %I', serving);
    EXECUTE format('GRANT INSERT (schedule_id) ON events TO %I', serving);
END
$$;
