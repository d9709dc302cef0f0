-- What one value may be is said by its domain, whose words PostgreSQL keeps; a CHECK of a table it parses anew in each statement
-- that writes there. Checks of several columns stay where they are.
CREATE DOMAIN claim_status AS text;
CREATE DOMAIN claim_place AS smallint;
CREATE DOMAIN claim_sequence AS integer;
CREATE DOMAIN visit_outcome AS text;
CREATE DOMAIN rating AS smallint;
CREATE DOMAIN remark AS text;
CREATE DOMAIN reason AS text;
CREATE DOMAIN slot_status AS text;
CREATE DOMAIN event_word AS text;
CREATE DOMAIN actor_subject AS text;
CREATE DOMAIN actor_role AS text;
CREATE DOMAIN request_name AS text;

-- A claim that is bound to its slot's times and capacity points to its slot by them; a second key to the same row told nothing
-- more, and to look it up took a twentieth of PostgreSQL's time for a booking. That key is now of those that are not bound: claims that are
-- over, and the first there were.
--
-- It writes all bookings anew, which nobody can read or write meanwhile.
ALTER TABLE bookings
    DROP CONSTRAINT bookings_status_check,
    DROP CONSTRAINT bookings_place_check,
    DROP CONSTRAINT bookings_sequence_check,
    DROP CONSTRAINT bookings_outcome_check,
    DROP CONSTRAINT bookings_rating_check,
    DROP CONSTRAINT bookings_notes_check,
    DROP CONSTRAINT bookings_comment_check,
    DROP CONSTRAINT bookings_reason_check,
    ALTER COLUMN status TYPE claim_status,
    ALTER COLUMN place TYPE claim_place,
    ALTER COLUMN sequence TYPE claim_sequence,
    ALTER COLUMN outcome TYPE visit_outcome,
    ALTER COLUMN rating TYPE rating,
    ALTER COLUMN notes TYPE remark,
    ALTER COLUMN comment TYPE remark,
    ALTER COLUMN reason TYPE reason,
    ADD COLUMN unbound_slot_id uuid GENERATED ALWAYS AS (
        CASE WHEN capacity IS NULL OR start_time IS NULL OR end_time IS NULL THEN slot_id END) STORED,
    DROP CONSTRAINT bookings_organization_id_slot_id_fkey,
    ADD FOREIGN KEY (organization_id, unbound_slot_id) REFERENCES slots (organization_id, id);
ALTER TABLE slots
    DROP CONSTRAINT slots_status_check,
    DROP CONSTRAINT slots_reason_check,
    ALTER COLUMN status TYPE slot_status,
    ALTER COLUMN reason TYPE reason;
ALTER TABLE events
    DROP CONSTRAINT events_type_check1,
    DROP CONSTRAINT events_from_state_check1,
    DROP CONSTRAINT events_to_state_check1,
    DROP CONSTRAINT events_actor_subject_check1,
    DROP CONSTRAINT events_actor_role_check1,
    DROP CONSTRAINT events_request_id_check1,
    ALTER COLUMN type TYPE event_word,
    ALTER COLUMN from_state TYPE event_word,
    ALTER COLUMN to_state TYPE event_word,
    ALTER COLUMN actor_subject TYPE actor_subject,
    ALTER COLUMN actor_role TYPE actor_role,
    ALTER COLUMN request_id TYPE request_name;

-- Now that they are in use: else each column would be written anew for its domain.
ALTER DOMAIN claim_status ADD CHECK (VALUE IN (
    'held', 'offered', 'pending_approval', 'confirmed', 'released', 'lapsed', 'declined', 'expired',
    'cancelled_by_applicant', 'cancelled_by_agent', 'cancelled_by_screening'));
ALTER DOMAIN claim_place ADD CHECK (VALUE >= 1);
ALTER DOMAIN claim_sequence ADD CHECK (VALUE >= 0);
ALTER DOMAIN visit_outcome ADD CHECK (VALUE IN ('attended', 'no_show'));
ALTER DOMAIN rating ADD CHECK (VALUE BETWEEN 1 AND 5);
ALTER DOMAIN remark ADD CHECK (length(VALUE) <= 2000);
ALTER DOMAIN reason ADD CHECK (length(VALUE) <= 500);
ALTER DOMAIN slot_status ADD CHECK (VALUE IN ('available', 'booked', 'cancelled'));
ALTER DOMAIN event_word ADD CHECK (length(VALUE) BETWEEN 1 AND 64);
ALTER DOMAIN actor_subject ADD CHECK (length(VALUE) <= 255);
ALTER DOMAIN actor_role ADD CHECK (VALUE IN ('applicant', 'member', 'admin', 'screening', 'operator', 'system'));
ALTER DOMAIN request_name ADD CHECK (length(VALUE) <= 128);
