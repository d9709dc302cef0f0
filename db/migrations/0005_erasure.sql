-- Whoever has been erased stays as a row without a name: the bookings and the audit that point to it stay whole, and a
-- screening of theirs that comes again, or later, does not bring them back.

ALTER TABLE applicants
    ADD COLUMN erased_at timestamptz,
    ADD CHECK (erased_at IS NULL OR (user_id IS NULL AND unlinked_from IS NULL AND risk_level = 'HIGH'));
