-- Subscribers instead of one notifier: each has a cursor, up to which its events were handed on, and a lease; a delivery has
-- a row only where it failed, or waits behind one of its booking that did. So a subscriber more is one row more to write for
-- a batch of events. What waits to be delivered, and what is dead, becomes the log's (ADR 51).
--
-- The release before goes on: what it places becomes the log's, too, by the defaults below and by its own function. It stands
-- back while this release is at work, and for good once there is a subscriber that it does not know.

SELECT FROM positions FOR UPDATE;  -- nobody places until the log's cursor is said

CREATE TABLE subscriptions (
    organization_id  uuid        NOT NULL,  -- the system's own have none: it is all zeros
    id               uuid        NOT NULL,
    kind             text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),  -- which notifier
    event_types      text[]      CHECK (cardinality(event_types) > 0),  -- the filter; none: all
    target           text        CHECK (length(target) BETWEEN 1 AND 2048),
    position         bigint      NOT NULL CHECK (position >= 0),  -- among its organization's events, or all for the system's
    token            bigint      NOT NULL DEFAULT 0,
    leased_until     timestamptz NOT NULL DEFAULT '-infinity',  -- by clock_timestamp(); later, when a lease was given back
    created_at       timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id)
);
INSERT INTO subscriptions (organization_id, id, kind, position)
SELECT '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001', 'log', last FROM positions;

ALTER TABLE deliveries ADD COLUMN subscription_organization_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';
ALTER TABLE deliveries ADD COLUMN subscription_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000001';
ALTER TABLE deliveries DROP CONSTRAINT deliveries_pkey;
ALTER TABLE deliveries ADD PRIMARY KEY (organization_id, event_id, subscription_organization_id, subscription_id);
-- Nobody hears of another organization's events.
ALTER TABLE deliveries ADD CHECK (subscription_organization_id IN (organization_id, '00000000-0000-0000-0000-000000000000'));
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (subscription_organization_id, subscription_id, due_at) WHERE died_at IS NULL;
DROP INDEX deliveries_in_line;
CREATE INDEX deliveries_in_line ON deliveries (organization_id, line, subscription_organization_id, subscription_id, position)
    WHERE died_at IS NULL;

-- Gives the next positions to events that have none, in their order: no more than `most`; says how many. None where somebody
-- else is at it (T62).
CREATE FUNCTION place_events(most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    head  positions;
    given integer;
BEGIN
    SELECT * INTO head FROM positions FOR UPDATE SKIP LOCKED;
    IF head.last IS NULL THEN
        RETURN 0;
    END IF;
    IF head.numbered < head.last THEN
        PERFORM number_events(most);
        SELECT * INTO head FROM positions;
    END IF;
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
    WHERE e.organization_id = w.organization_id AND e.id = w.id AND e.occurred_at = w.occurred_at;
    GET DIAGNOSTICS given = ROW_COUNT;
    IF given > 0 THEN
        UPDATE positions
        SET last = head.last + given, numbered = head.numbered + CASE WHEN head.numbered = head.last THEN given ELSE 0 END;
    END IF;
    RETURN given;
END
$$;

-- For the release before, which makes a delivery of each event that this returns: those that it places, or that this release
-- has left behind. None while this release is at work at the log's cursor: what it wrote a moment ago the caller's statement
-- may not see, which began before, and by which it decides what is first in its line.
CREATE OR REPLACE FUNCTION place_events(seen bigint, most integer) RETURNS SETOF events
    LANGUAGE plpgsql SECURITY DEFINER ROWS 50 AS $$
DECLARE
    head positions;
    log  subscriptions;
    upto bigint;
BEGIN
    IF EXISTS (SELECT FROM subscriptions s WHERE s.id <> '00000000-0000-0000-0000-000000000001') THEN
        RAISE EXCEPTION 'a release that knows all subscribers has to hand on' USING ERRCODE = 'feature_not_supported';
    END IF;
    SELECT * INTO head FROM positions FOR UPDATE SKIP LOCKED;
    SELECT * INTO log FROM subscriptions FOR UPDATE SKIP LOCKED;
    IF (head.last = seen AND log.leased_until < clock_timestamp() - interval '10 seconds') IS NOT TRUE THEN
        RETURN;
    END IF;
    IF log.position < head.last THEN
        upto := least(log.position + most, head.last);
        UPDATE subscriptions SET position = upto, token = token + 1, leased_until = clock_timestamp();
    ELSE
        upto := head.last + place_events(most);
        UPDATE subscriptions SET position = upto WHERE position < upto;
    END IF;
    RETURN QUERY SELECT e.* FROM events e WHERE e.position > log.position AND e.position <= upto ORDER BY e.position;
END
$$;

DO $$
DECLARE
    serving    text := current_setting('booking.serving_role');
    definition text;
BEGIN
    FOREACH definition IN ARRAY ARRAY['place_events(integer)', 'place_events(bigint, integer)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', definition, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', definition);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', definition, serving);
    END LOOP;
    EXECUTE format('GRANT SELECT, UPDATE (position, token, leased_until) ON subscriptions TO %I', serving);
END
$$;
