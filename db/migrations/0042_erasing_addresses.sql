-- A refusal that is noted in the very instant of an erasure holds its notice, or the contact of a phone: so these go first, and
-- refused addresses after them, when all that was under way has been kept.
CREATE OR REPLACE FUNCTION erase_applicant(organization uuid, applicant uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    known_email text;
    known_phone text;
BEGIN
    SELECT a.email INTO known_email FROM applicants a
    WHERE a.organization_id = organization AND a.id = applicant AND a.erased_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM contacts WHERE organization_id = organization AND applicant_id = applicant RETURNING phone INTO known_phone;
    DELETE FROM notices WHERE organization_id = organization AND recipient_id = applicant;
    DELETE FROM suppressions s
    WHERE s.organization_id = organization
      AND s.address = address_hash(organization, CASE WHEN s.channel = 'email' THEN known_email ELSE known_phone END);
    UPDATE applicants
    SET name = 'erased', email = id || '@erased.invalid', risk_level = 'HIGH', user_id = NULL, unlinked_from = NULL,
        erased_at = booking_now(), updated_at = booking_now()
    WHERE organization_id = organization AND id = applicant;
    RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION erase_agent(organization uuid, agent uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    known_email text;
BEGIN
    UPDATE agents SET erased_at = booking_now(), updated_at = booking_now()
    WHERE organization_id = organization AND id = agent AND erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM profiles WHERE organization_id = organization AND agent_id = agent RETURNING email INTO known_email;
    DELETE FROM notices WHERE organization_id = organization AND recipient_id = agent;
    DELETE FROM suppressions s
    WHERE s.organization_id = organization AND s.channel = 'email' AND s.address = address_hash(organization, known_email);
    RETURN true;
END
$$;

DO $$
DECLARE
    definition text;
BEGIN
    FOREACH definition IN ARRAY ARRAY['erase_applicant(uuid, uuid)', 'erase_agent(uuid, uuid)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definition, current_schema());
    END LOOP;
END
$$;
