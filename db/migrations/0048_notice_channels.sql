-- Since when each channel is configured: nothing that happened before is told by it. What is configured now goes on as it was.
CREATE TABLE notice_channels (
    channel text        PRIMARY KEY CHECK (channel IN ('email', 'sms', 'whatsapp')),
    since   timestamptz NOT NULL
);
INSERT INTO notice_channels (channel, since)
SELECT unnest(string_to_array(s.target, ',')), '-infinity' FROM subscriptions s
WHERE s.organization_id = '00000000-0000-0000-0000-000000000000' AND s.id = '00000000-0000-0000-0000-000000000003'
  AND s.disabled_at IS NULL;

DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON notice_channels TO %I', current_setting('booking.serving_role'));
END
$$;
