-- The whole life of a visit: group visits, holds, offers, approvals, moves, outcomes, waitlists and policies.
--
-- A claim on a place is one row of bookings: a hold, or an offer to somebody who waits, is a booking that is not made
-- yet, and the same row becomes it. Claims are numbered within their slot, so that a unique index and the capacity in
-- a foreign key make an oversold slot impossible, whichever statement tries.
--
-- The columns have defaults by which the release before this one goes on working beside it.

-- At once, so that this is given up before there is anything to do again.
LOCK TABLE bookings, slots, events IN ACCESS EXCLUSIVE MODE;

ALTER TABLE slots
    ADD COLUMN capacity   smallint    NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 200),
    ADD COLUMN busy_until timestamptz,  -- when the agent is free again after the visit; null: at its end
    ADD COLUMN reason     text        CHECK (length(reason) <= 500),
    ADD CHECK (busy_until >= end_time),
    ADD UNIQUE (organization_id, id, capacity, start_time, end_time);

ALTER TABLE slots
    ADD EXCLUDE USING gist (
        organization_id WITH =, agent_id WITH =, tstzrange(start_time, coalesce(busy_until, end_time)) WITH &&)
        WHERE ((cancelled_at IS NULL) IS TRUE),
    DROP CONSTRAINT slots_organization_id_agent_id_tstzrange_excl;  -- which the one above implies

ALTER TABLE bookings DROP CONSTRAINT bookings_status_check;
ALTER TABLE bookings
    ADD COLUMN place       smallint    DEFAULT 1 CHECK (place >= 1),
    ADD COLUMN capacity    smallint    DEFAULT 1,    -- the slot's, while the claim is live
    ADD COLUMN start_time  timestamptz,              -- the slot's, so that the exclusion below can see it
    ADD COLUMN end_time    timestamptz,
    ADD COLUMN deadline    timestamptz,              -- ends a hold, an offer, or the wait for an approval
    ADD COLUMN sequence    integer     NOT NULL DEFAULT 0 CHECK (sequence >= 0),
    ADD COLUMN reason      text        CHECK (length(reason) <= 500),
    ADD COLUMN outcome     text        CHECK (outcome IN ('attended', 'no_show')),
    ADD COLUMN outcome_at  timestamptz,
    ADD COLUMN rating      smallint    CHECK (rating BETWEEN 1 AND 5),
    ADD COLUMN comment     text        CHECK (length(comment) <= 2000),
    ADD COLUMN feedback_at timestamptz,
    ADD CHECK (status IN ('held', 'offered', 'pending_approval', 'confirmed', 'released', 'lapsed', 'declined', 'expired',
                          'cancelled_by_applicant', 'cancelled_by_agent', 'cancelled_by_screening')),
    ADD CHECK (place <= capacity),
    ADD CHECK (status NOT IN ('held', 'offered', 'pending_approval', 'confirmed') OR (place IS NOT NULL AND capacity IS NOT NULL)),
    ADD CHECK ((deadline IS NOT NULL) = (status IN ('held', 'offered', 'pending_approval'))),
    ADD CHECK ((outcome IS NULL) = (outcome_at IS NULL)),
    ADD CHECK (outcome IS NULL OR status = 'confirmed'),
    ADD CHECK ((rating IS NULL) = (feedback_at IS NULL) AND (comment IS NULL) = (feedback_at IS NULL)),
    ADD CHECK (rating IS NULL OR outcome IS NOT NULL);

-- Of visits of one person that the release before let overlap, all but the first stay without their times: they are kept,
-- and never judged by a rule that it could not know. In one pass, for everybody waits behind it.
UPDATE bookings b
SET start_time = CASE WHEN NOT v.overlaps THEN v.start_time END,
    end_time   = CASE WHEN NOT v.overlaps THEN v.end_time END,
    place      = CASE WHEN v.status = 'confirmed' THEN 1 END,
    capacity   = CASE WHEN v.status = 'confirmed' THEN 1 END
FROM (
    SELECT o.organization_id, o.id, o.status, s.start_time, s.end_time, o.status = 'confirmed' AND coalesce(
        max(s.end_time) FILTER (WHERE o.status = 'confirmed') OVER (
            PARTITION BY o.organization_id, o.applicant_id ORDER BY s.start_time, o.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > s.start_time, false) AS overlaps
    FROM bookings o JOIN slots s ON s.organization_id = o.organization_id AND s.id = o.slot_id) v
WHERE v.organization_id = b.organization_id AND v.id = b.id;

DROP INDEX bookings_one_live;
CREATE UNIQUE INDEX bookings_one_a_place ON bookings (organization_id, slot_id, place)
    WHERE status IN ('held', 'offered', 'pending_approval', 'confirmed');
CREATE UNIQUE INDEX bookings_one_a_person ON bookings (organization_id, slot_id, applicant_id)
    WHERE status IN ('held', 'offered', 'pending_approval', 'confirmed');
CREATE INDEX bookings_ending ON bookings (deadline) WHERE deadline IS NOT NULL;
ALTER TABLE bookings
    ADD FOREIGN KEY (organization_id, slot_id, capacity, start_time, end_time)
        REFERENCES slots (organization_id, id, capacity, start_time, end_time) ON UPDATE CASCADE,
    -- Nobody is in two places at once. An offer is made unasked and binds nobody.
    ADD EXCLUDE USING gist (
        organization_id WITH =, applicant_id WITH =, tstzrange(start_time, end_time) WITH &&)
        WHERE (status IN ('held', 'pending_approval', 'confirmed') AND start_time IS NOT NULL);

-- First come, first served: seq is given under the slot's lock, so its order is that of the commits (T83).
CREATE TABLE waitlist (
    organization_id  uuid        NOT NULL,
    id               uuid        NOT NULL,
    seq              bigint      GENERATED ALWAYS AS IDENTITY,
    slot_id          uuid        NOT NULL,
    applicant_id     uuid        NOT NULL,
    status           text        NOT NULL CHECK (status IN ('waiting', 'offered', 'taken', 'declined', 'lapsed', 'left', 'skipped')),
    offer_id         uuid,       -- the hold by which a place was offered
    reason           text        CHECK (length(reason) <= 64),
    created_at       timestamptz NOT NULL DEFAULT booking_now(),
    updated_at       timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, slot_id) REFERENCES slots (organization_id, id),
    FOREIGN KEY (organization_id, applicant_id) REFERENCES applicants (organization_id, id),
    FOREIGN KEY (organization_id, offer_id) REFERENCES bookings (organization_id, id),
    UNIQUE (organization_id, offer_id),   -- one offer answers one entry
    CHECK (status <> 'offered' OR offer_id IS NOT NULL),
    CHECK (status <> 'waiting' OR offer_id IS NULL)
);
CREATE UNIQUE INDEX waitlist_once ON waitlist (organization_id, slot_id, applicant_id)
    WHERE status IN ('waiting', 'offered');
CREATE INDEX waitlist_of_slot ON waitlist (organization_id, slot_id, seq) WHERE status IN ('waiting', 'offered');
CREATE INDEX waitlist_of_applicant ON waitlist (organization_id, applicant_id);

-- What an organization (no property) or a property has set; null leaves a rule as it is.
CREATE TABLE policies (
    organization_id                uuid     NOT NULL,
    property_id                    uuid,
    version                        integer  NOT NULL CHECK (version >= 1),
    notice_seconds                 integer  CHECK (notice_seconds BETWEEN 0 AND 31536000),
    cancellation_cutoff_seconds    integer  CHECK (cancellation_cutoff_seconds BETWEEN 0 AND 31536000),
    horizon_days                   integer  CHECK (horizon_days BETWEEN 1 AND 3650),
    max_live_bookings              integer  CHECK (max_live_bookings BETWEEN 1 AND 1000),
    max_live_bookings_per_property integer  CHECK (max_live_bookings_per_property BETWEEN 1 AND 1000),
    buffer_seconds                 integer  CHECK (buffer_seconds BETWEEN 0 AND 86400),
    hold_seconds                   integer  CHECK (hold_seconds BETWEEN 1 AND 86400),
    max_live_holds                 integer  CHECK (max_live_holds BETWEEN 0 AND 100),
    offer_seconds                  integer  CHECK (offer_seconds BETWEEN 1 AND 2592000),
    approval_levels                text[]   CHECK (approval_levels <@ ARRAY['LOW', 'MEDIUM', 'HIGH']),
    approval_seconds               integer  CHECK (approval_seconds BETWEEN 1 AND 2592000),
    approval_before_start_seconds  integer  CHECK (approval_before_start_seconds BETWEEN 0 AND 2592000),
    cancel_when_ineligible         boolean,
    updated_at                     timestamptz NOT NULL DEFAULT booking_now(),
    UNIQUE NULLS NOT DISTINCT (organization_id, property_id)
);

ALTER TABLE events DROP CONSTRAINT events_actor_role_check;
ALTER TABLE events
    ADD CHECK (actor_role IN ('applicant', 'member', 'admin', 'screening', 'operator', 'system')) NOT VALID;

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT UPDATE (capacity, reason) ON slots TO %I', serving);
    EXECUTE format('GRANT UPDATE (slot_id, place, capacity, start_time, end_time, deadline, sequence, notes, reason, '
        'outcome, outcome_at, rating, comment, feedback_at, created_at) ON bookings TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT ON waitlist TO %I', serving);
    EXECUTE format('GRANT UPDATE (status, offer_id, reason, updated_at) ON waitlist TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON policies TO %I', serving);
END
$$;
