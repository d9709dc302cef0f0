-- Whoever answers a message that asked is the applicant, and has not signed in.
ALTER TABLE events DROP CONSTRAINT events_actor_via_check;
ALTER TABLE events ADD CONSTRAINT events_actor_via_check CHECK (actor_via IN ('link', 'message')) NOT VALID;
