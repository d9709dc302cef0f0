-- Applicants say that they are coming, and a visit of which nobody says so may be given on (ADR 79).

ALTER DOMAIN claim_status DROP CONSTRAINT claim_status_check;
ALTER DOMAIN claim_status ADD CHECK (VALUE IN (
    'held', 'offered', 'pending_approval', 'confirmed', 'released', 'lapsed', 'declined', 'expired',
    'cancelled_by_applicant', 'cancelled_by_agent', 'cancelled_by_screening', 'cancelled_unconfirmed')) NOT VALID;

ALTER TABLE bookings
    ADD COLUMN attendance_confirmed_at timestamptz,
    ADD COLUMN may_release             boolean     NOT NULL DEFAULT true;
-- Of a visit that is, or was; and no visit is given on of which it was said.
ALTER TABLE bookings
    ADD CONSTRAINT bookings_attendance_check CHECK (
        attendance_confirmed_at IS NULL
        OR status IN ('confirmed', 'cancelled_by_applicant', 'cancelled_by_agent', 'cancelled_by_screening')) NOT VALID;
ALTER TABLE bookings
    ADD CONSTRAINT bookings_may_release_check CHECK (may_release OR status <> 'cancelled_unconfirmed') NOT VALID;

DO $$
BEGIN
    EXECUTE format('GRANT UPDATE (attendance_confirmed_at, may_release) ON bookings TO %I',
                   current_setting('booking.serving_role'));
END
$$;
