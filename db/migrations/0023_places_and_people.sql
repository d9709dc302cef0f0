-- Names, zones and contacts, so that a page can be built on what is answered: of organizations, properties, agents and
-- applicants. All of it is optional. No slot points to a property by a constraint: the release before offers slots for
-- properties that have no row.

CREATE TABLE organizations (
    organization_id uuid        PRIMARY KEY,
    version         integer     NOT NULL DEFAULT 0 CHECK (version >= 0),  -- of what is set by PUT; 0: nothing yet
    people_version  bigint      NOT NULL DEFAULT 0,  -- counts the changes of agents' names: pages show them
    name            text        CHECK (length(name) BETWEEN 1 AND 200),
    time_zone       text        CHECK (length(time_zone) BETWEEN 1 AND 64),
    locale          text        CHECK (length(locale) BETWEEN 2 AND 35),
    email           text        CHECK (length(email) BETWEEN 3 AND 320),
    phone           text        CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    website         text        CHECK (length(website) BETWEEN 1 AND 2048),
    updated_at      timestamptz NOT NULL DEFAULT booking_now()
);

CREATE TABLE properties (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    version         integer     NOT NULL DEFAULT 0 CHECK (version >= 0),  -- 0: known by its slots alone
    label           text        CHECK (length(label) BETWEEN 1 AND 200),
    area            text        CHECK (length(area) BETWEEN 1 AND 200),
    address         text        CHECK (length(address) BETWEEN 1 AND 500),
    directions      text        CHECK (length(directions) BETWEEN 1 AND 2000),
    meeting_point   text        CHECK (length(meeting_point) BETWEEN 1 AND 500),
    access_note     bytea       CHECK (length(access_note) BETWEEN 1 AND 16384),  -- encrypted by the service
    time_zone       text        CHECK (length(time_zone) BETWEEN 1 AND 64),
    image_url       text        CHECK (length(image_url) BETWEEN 1 AND 2048),
    status          text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
    told_at         timestamptz,  -- of the newest event about it from the ingestion service
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id)
);

ALTER TABLE agents
    ADD COLUMN shut_out_at timestamptz,  -- by an admin: nobody acts as this agent, whatever a token says
    ADD COLUMN erased_at   timestamptz;

-- Profiles and contacts are tables of their own: each has one key, so that any plan finds a row by it, and the rows that are
-- locked for rights and read with every list stay narrow.
CREATE TABLE profiles (
    organization_id uuid        NOT NULL,
    agent_id        uuid        NOT NULL,
    name            text        CHECK (length(name) BETWEEN 1 AND 200),
    email           text        CHECK (length(email) BETWEEN 3 AND 320),  -- by a token whose issuer vouches for it
    phone           text        CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    locale          text        CHECK (length(locale) BETWEEN 2 AND 35),
    photo_url       text        CHECK (length(photo_url) BETWEEN 1 AND 2048),
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, agent_id),
    FOREIGN KEY (organization_id, agent_id) REFERENCES agents (organization_id, id)
);

CREATE TABLE contacts (
    organization_id uuid        NOT NULL,
    applicant_id    uuid        NOT NULL,
    phone           text        CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    locale          text        CHECK (length(locale) BETWEEN 2 AND 35),
    channels        text[]      CHECK (channels <@ ARRAY['email', 'sms', 'whatsapp']),  -- null: as the organization plans
    own             text[]      NOT NULL DEFAULT '{}' CHECK (own <@ ARRAY['phone', 'locale', 'channels']),  -- by the person's word
    updated_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, applicant_id),
    FOREIGN KEY (organization_id, applicant_id) REFERENCES applicants (organization_id, id)
);

-- By the ingestion service.
ALTER DOMAIN actor_role DROP CONSTRAINT actor_role_check;
ALTER DOMAIN actor_role ADD CHECK (
    VALUE IN ('applicant', 'member', 'admin', 'screening', 'ingestion', 'operator', 'system')) NOT VALID;

ALTER TABLE policies
    ADD COLUMN access_note_seconds integer CHECK (access_note_seconds BETWEEN 0 AND 604800);

-- Takes what tells who an applicant is, for good; false where there is none any more.
CREATE OR REPLACE FUNCTION erase_applicant(organization uuid, applicant uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE applicants
    SET name = 'erased', email = id || '@erased.invalid', risk_level = 'HIGH', user_id = NULL, unlinked_from = NULL,
        erased_at = booking_now(), updated_at = booking_now()
    WHERE organization_id = organization AND id = applicant AND erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM contacts WHERE organization_id = organization AND applicant_id = applicant;
    RETURN true;
END
$$;

-- The same of an agent, whose login stays: by it alone they are known, and kept out.
CREATE FUNCTION erase_agent(organization uuid, agent uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE agents SET erased_at = booking_now(), updated_at = booking_now()
    WHERE organization_id = organization AND id = agent AND erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM profiles WHERE organization_id = organization AND agent_id = agent;
    RETURN true;
END
$$;

DO $$
DECLARE
    serving    text := current_setting('booking.serving_role');
    definition text;
BEGIN
    FOREACH definition IN ARRAY ARRAY['erase_applicant(uuid, uuid)', 'erase_agent(uuid, uuid)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definition, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', definition);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', definition, serving);
    END LOOP;
    EXECUTE format('GRANT SELECT, INSERT ON organizations, properties TO %I', serving);
    EXECUTE format('GRANT UPDATE (version, people_version, name, time_zone, locale, email, phone, website, updated_at) '
                   'ON organizations TO %I', serving);
    EXECUTE format('GRANT UPDATE (version, label, area, address, directions, meeting_point, access_note, time_zone, '
                   'image_url, status, told_at, updated_at) ON properties TO %I', serving);
    EXECUTE format('GRANT UPDATE (shut_out_at) ON agents TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (name, email, phone, locale, photo_url, updated_at) ON profiles TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (phone, locale, channels, own, updated_at) ON contacts TO %I', serving);
    EXECUTE format('GRANT UPDATE (access_note_seconds) ON policies TO %I', serving);
END
$$;
