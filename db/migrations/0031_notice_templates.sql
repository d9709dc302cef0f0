-- An agency's own texts of messages (ADR 84). One without a body was reset: what is usual is said again.
CREATE TABLE notice_templates (
    organization_id uuid        NOT NULL,
    kind            text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
    recipient       text        NOT NULL CHECK (recipient IN ('applicant', 'agent', 'organization')),
    language        text        NOT NULL CHECK (language ~ '^([a-z]{2,3})?$'),  -- '': all that have no text of their own
    subject         text        CHECK (length(subject) BETWEEN 1 AND 200),
    heading         text        CHECK (length(heading) BETWEEN 1 AND 200),
    body            text        CHECK (octet_length(body) BETWEEN 1 AND 4096),
    version         integer     NOT NULL CHECK (version > 0),
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, kind, recipient, language),
    CHECK (body IS NOT NULL OR (subject IS NULL AND heading IS NULL))
);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT ON notice_templates TO %I', serving);
    EXECUTE format('GRANT UPDATE (subject, heading, body, version, updated_at) ON notice_templates TO %I', serving);
END
$$;
