-- The order of events and the chain of seals are given out by functions of the owner: the serving role can ask for the next
-- positions, and add the next seal, and nothing else. It may write no column whose value it cannot have to decide.
--
-- Each event gets a second position, without a gap within its organization: the first one counts the events of all, so no
-- tenant may see it. Older events get theirs in batches (number_events), by `booking migrate` and by the relay.
--
-- The relay and the sealer of the release before this one may do neither any more: they wait to be replaced, and what they
-- leave is taken up then. All else of it goes on.

LOCK TABLE positions, seals, events IN ACCESS EXCLUSIVE MODE;

ALTER TABLE events ADD COLUMN organization_position bigint;
ALTER TABLE positions
    ADD COLUMN numbered bigint NOT NULL DEFAULT 0,  -- up to this position events have their organization's one
    ADD COLUMN sealed   bigint NOT NULL DEFAULT 0;  -- how many seals were made
ALTER TABLE seals ADD COLUMN key_id text CHECK (length(key_id) = 16);  -- of the secret; none: of the release before
UPDATE positions SET sealed = (SELECT coalesce(max(number), 0) FROM seals);

CREATE TABLE organization_positions (
    organization_id  uuid    PRIMARY KEY,
    last             bigint  NOT NULL CHECK (last > 0)
);

-- Gives the next positions to events that have none, in their order: no more than `most`, and none where another one has
-- given some since the caller saw `seen`. Each statement in it sees what was committed before the lock was had (T62).
CREATE FUNCTION place_events(seen bigint, most integer) RETURNS SETOF events
    LANGUAGE plpgsql SECURITY DEFINER ROWS 50 AS $$
DECLARE
    head  positions;
    given bigint;
BEGIN
    SELECT * INTO head FROM positions FOR UPDATE SKIP LOCKED;
    IF head.last IS NULL OR head.last IS DISTINCT FROM seen THEN
        RETURN;
    END IF;
    IF head.numbered < head.last THEN
        PERFORM number_events(most);
        SELECT * INTO head FROM positions;
    END IF;
    RETURN QUERY
        WITH waiting AS (
            SELECT w.organization_id, w.id, w.occurred_at,
                   row_number() OVER (ORDER BY w.seq) AS number,
                   row_number() OVER (PARTITION BY w.organization_id ORDER BY w.seq) AS own,
                   count(*) OVER (PARTITION BY w.organization_id) AS owns
            FROM (SELECT e.organization_id, e.id, e.occurred_at, e.seq FROM events e
                  WHERE e.position IS NULL ORDER BY e.seq LIMIT most) w),
        counted AS (
            INSERT INTO organization_positions AS o (organization_id, last)
            SELECT w.organization_id, count(*) FROM waiting w WHERE head.numbered = head.last GROUP BY w.organization_id
            ON CONFLICT (organization_id) DO UPDATE SET last = o.last + excluded.last
            RETURNING o.organization_id, o.last)
        UPDATE events e
        SET position = head.last + w.number, organization_position = c.last - w.owns + w.own, relayed_at = booking_now()
        FROM waiting w LEFT JOIN counted c ON c.organization_id = w.organization_id
        WHERE e.organization_id = w.organization_id AND e.id = w.id AND e.occurred_at = w.occurred_at
        RETURNING e.*;
    GET DIAGNOSTICS given = ROW_COUNT;
    IF given > 0 THEN
        UPDATE positions
        SET last = head.last + given, numbered = head.numbered + CASE WHEN head.numbered = head.last THEN given ELSE 0 END;
    END IF;
END
$$;

-- Gives older events the positions of their organizations, in their order; says how many.
CREATE FUNCTION number_events(most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    head    positions;
    reached bigint;
    given   bigint;
BEGIN
    SELECT * INTO head FROM positions FOR UPDATE;
    IF head.numbered >= head.last THEN
        RETURN 0;
    END IF;
    WITH older AS (
        SELECT o.organization_id, o.id, o.occurred_at,
               row_number() OVER (PARTITION BY o.organization_id ORDER BY o.position) AS own,
               count(*) OVER (PARTITION BY o.organization_id) AS owns
        FROM (SELECT e.organization_id, e.id, e.occurred_at, e.position FROM events e
              WHERE e.position > head.numbered AND e.position <= head.last
              ORDER BY e.position LIMIT greatest(most, 1)) o),
    counted AS (
        INSERT INTO organization_positions AS o (organization_id, last)
        SELECT organization_id, count(*) FROM older GROUP BY organization_id
        ON CONFLICT (organization_id) DO UPDATE SET last = o.last + excluded.last
        RETURNING o.organization_id, o.last),
    numbered AS (
        UPDATE events e SET organization_position = c.last - o.owns + o.own
        FROM older o JOIN counted c ON c.organization_id = o.organization_id
        WHERE e.organization_id = o.organization_id AND e.id = o.id AND e.occurred_at = o.occurred_at
        RETURNING e.position)
    SELECT max(n.position), count(*) INTO reached, given FROM numbered n;
    UPDATE positions SET numbered = coalesce(reached, head.last);
    RETURN given;
END
$$;

-- Adds the next seal, over the next positions; false where it is not the next one.
CREATE FUNCTION add_seal(
    seal_number bigint, first_position bigint, last_position bigint, seal_content bytea, seal_digest bytea,
    seal_key_id text, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    head   positions;
    before bigint;
BEGIN
    SELECT * INTO head FROM positions FOR UPDATE;
    SELECT s.last INTO before FROM seals s ORDER BY s.number DESC LIMIT 1;
    IF (seal_number, first_position) IS DISTINCT FROM (head.sealed + 1, coalesce(before, 0) + 1)
        OR last_position > head.last OR seal_number <> (SELECT coalesce(max(s.number), 0) + 1 FROM seals s) THEN
        RETURN false;
    END IF;
    INSERT INTO seals (number, first, last, content, digest, key_id, sealed_at)
    VALUES (seal_number, first_position, last_position, seal_content, seal_digest, seal_key_id, at);
    UPDATE positions SET sealed = seal_number;
    RETURN true;
END
$$;

-- Takes what tells who an applicant is, for good; false where there is none any more.
CREATE FUNCTION erase_applicant(organization uuid, applicant uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE applicants
    SET name = 'erased', email = id || '@erased.invalid', risk_level = 'HIGH', user_id = NULL, unlinked_from = NULL,
        erased_at = booking_now(), updated_at = booking_now()
    WHERE organization_id = organization AND id = applicant AND erased_at IS NULL;
    RETURN FOUND;
END
$$;

DO $$
DECLARE
    serving    text := current_setting('booking.serving_role');
    definition text;
    columns    text;
BEGIN
    FOREACH definition IN ARRAY ARRAY[
        'place_events(bigint, integer)', 'number_events(integer)', 'erase_applicant(uuid, uuid)',
        'add_seal(bigint, bigint, bigint, bytea, bytea, text, timestamptz)'] LOOP
        -- Its own schema, and last what anybody may make: so nothing of the caller's is taken for ours.
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definition, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', definition);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', definition, serving);
    END LOOP;

    IF serving <> current_user THEN  -- else the functions themselves could do nothing
        EXECUTE format('REVOKE UPDATE (position, relayed_at), INSERT ON events FROM %I', serving);
        EXECUTE format('REVOKE UPDATE (last) ON positions FROM %I', serving);
        EXECUTE format('REVOKE INSERT ON seals, applicants FROM %I', serving);
        EXECUTE format('REVOKE UPDATE ON agents, applicants, policies FROM %I', serving);
    END IF;
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
    WHERE attrelid = 'events'::regclass AND attnum > 0 AND NOT attisdropped
      AND attname NOT IN ('seq', 'occurred_at', 'position', 'organization_position', 'relayed_at');
    EXECUTE format('GRANT INSERT (%s) ON events TO %I', columns, serving);
    EXECUTE format('GRANT SELECT ON organization_positions TO %I', serving);
    EXECUTE format('GRANT UPDATE (claimed_role, provisioned_role, updated_at) ON agents TO %I', serving);
    EXECUTE format('GRANT INSERT (organization_id, id, external_id, user_id, name, email, risk_level, screened_at), '
        'UPDATE (user_id, unlinked_from, name, email, risk_level, screened_at, updated_at) ON applicants TO %I', serving);
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
    WHERE attrelid = 'policies'::regclass AND attnum > 0 AND NOT attisdropped
      AND attname NOT IN ('organization_id', 'property_id');
    EXECUTE format('GRANT UPDATE (%s) ON policies TO %I', columns, serving);
END
$$;
