-- Somebody's visits at a time are found by when they start: none is longer than eight hours. The exclusion's index finds
-- them as well, but takes ten times as long. The rows of deliveries come and go by the thousand, and are swept early.
DROP INDEX bookings_of_applicant;
CREATE INDEX bookings_of_applicant ON bookings (organization_id, applicant_id, start_time);
ALTER TABLE deliveries SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);
