-- How an agency's messages look, and where answers to them go (ADR 76).
ALTER TABLE organizations
    ADD COLUMN colour   text CHECK (colour ~ '^#[0-9A-Fa-f]{6}$'),
    ADD COLUMN logo_url text CHECK (length(logo_url) <= 2048 AND logo_url LIKE 'https://%'),
    ADD COLUMN reply_to text CHECK (length(reply_to) BETWEEN 3 AND 320);

DO $$
BEGIN
    EXECUTE format('GRANT UPDATE (colour, logo_url, reply_to) ON organizations TO %I', current_setting('booking.serving_role'));
END
$$;
