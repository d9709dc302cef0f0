-- Phones are proved by a code before anything else is sent to them (ADR 83). A contact's phone is proved while it is the one that
-- was: so a release that does not know the column unproves it by setting another.
ALTER TABLE contacts
    ADD COLUMN proved_phone text CHECK (proved_phone ~ '^\+[1-9][0-9]{6,14}$'),
    ADD COLUMN wrote_at     timestamptz;  -- by WhatsApp, from that phone

CREATE TABLE phone_codes (
    organization_id uuid        NOT NULL,
    applicant_id    uuid        NOT NULL,
    id              uuid        NOT NULL,
    phone           text        NOT NULL CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    digest          bytea       NOT NULL CHECK (length(digest) = 32),
    tries           smallint    NOT NULL DEFAULT 0 CHECK (tries >= 0),  -- that did not fit
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, applicant_id, id),
    FOREIGN KEY (organization_id, applicant_id) REFERENCES contacts (organization_id, applicant_id) ON DELETE CASCADE
);
CREATE INDEX phone_codes_of_phone ON phone_codes (phone);
CREATE INDEX phone_codes_by_age ON phone_codes (created_at);

-- Messages of each day (UTC) that cost money, as they were asked for: those beyond the cap were not sent.
CREATE TABLE paid_messages (
    organization_id uuid    NOT NULL,
    day             date    NOT NULL,
    asked           integer NOT NULL CHECK (asked >= 1),
    PRIMARY KEY (organization_id, day)
);
CREATE INDEX paid_messages_by_age ON paid_messages (day);

CREATE OR REPLACE FUNCTION erase_applicant(organization uuid, applicant uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM suppressions s USING applicants a LEFT JOIN contacts c
        ON c.organization_id = a.organization_id AND c.applicant_id = a.id
    WHERE a.organization_id = organization AND a.id = applicant AND a.erased_at IS NULL AND s.organization_id = organization
      AND s.address = address_hash(organization, CASE WHEN s.channel = 'email' THEN a.email ELSE c.phone END);
    UPDATE applicants
    SET name = 'erased', email = id || '@erased.invalid', risk_level = 'HIGH', user_id = NULL, unlinked_from = NULL,
        erased_at = booking_now(), updated_at = booking_now()
    WHERE organization_id = organization AND id = applicant AND erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM contacts WHERE organization_id = organization AND applicant_id = applicant;
    DELETE FROM notices WHERE organization_id = organization AND recipient_id = applicant;
    RETURN true;
END
$$;

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('ALTER FUNCTION erase_applicant(uuid, uuid) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('GRANT UPDATE (proved_phone, wrote_at) ON contacts TO %I', serving);
    EXECUTE format('GRANT SELECT, DELETE, INSERT (organization_id, applicant_id, id, phone, digest), UPDATE (tries) '
                   'ON phone_codes TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT, DELETE, UPDATE (asked) ON paid_messages TO %I', serving);
    EXECUTE format('GRANT DELETE ON suppressions TO %I', serving);
END
$$;
