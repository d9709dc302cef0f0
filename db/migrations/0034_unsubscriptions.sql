-- What people do not want to be told, of all that a visit does not need (ADR 85). Ids alone.
CREATE TABLE unsubscriptions (
    organization_id uuid        NOT NULL,
    recipient_id    uuid        NOT NULL,
    channel         text        NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp')),
    notice_group    text        NOT NULL CHECK (length(notice_group) BETWEEN 1 AND 32),
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, recipient_id, channel, notice_group)
);

DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON unsubscriptions TO %I', current_setting('booking.serving_role'));
END
$$;
