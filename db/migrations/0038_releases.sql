-- Reminders ask whether people are coming, and the agent is told where nobody answers (ADR 79).
ALTER TABLE notices
    ADD COLUMN answer_by timestamptz,  -- of a reminder that asked: until when
    ADD COLUMN held      boolean NOT NULL DEFAULT false;  -- not to be sent before it is decided whether the visit is released
ALTER TABLE notices DROP CONSTRAINT notices_check2;
ALTER TABLE notices
    ADD CONSTRAINT notices_before_start_of_kind_check
    CHECK ((kind IN ('reminder', 'unanswered')) = (before_start IS NOT NULL)) NOT VALID;
ALTER TABLE notices
    ADD CONSTRAINT notices_answer_by_check CHECK (answer_by IS NULL OR kind = 'reminder' AND answer_by < start_time) NOT VALID;
ALTER TABLE notices
    ADD CONSTRAINT notices_held_check CHECK (NOT held OR kind = 'unanswered' AND state IN ('queued', 'obsolete')) NOT VALID;

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT INSERT (held) ON notices TO %I', serving);
    EXECUTE format('GRANT UPDATE (answer_by, held) ON notices TO %I', serving);
END
$$;
