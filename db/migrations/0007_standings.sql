-- What counts about a person, found without reading all that they ever booked: claims that end by the clock, those of the
-- release before that overlapped, and holds of the slots at hand that were given back of late. All three are few.
CREATE INDEX bookings_unsettled ON bookings (organization_id, applicant_id) WHERE deadline IS NOT NULL OR start_time IS NULL;
CREATE INDEX bookings_given_back ON bookings (organization_id, applicant_id, start_time) WHERE status IN ('released', 'lapsed');
