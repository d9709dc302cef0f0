-- How many people come to a visit: told to the agent and bounded by policy, and never counted as places (ADR 86).
ALTER TABLE bookings ADD COLUMN party_size smallint NOT NULL DEFAULT 1;
ALTER TABLE bookings ADD CONSTRAINT bookings_party_size_check CHECK (party_size BETWEEN 1 AND 50) NOT VALID;
ALTER TABLE policies ADD COLUMN max_party_size smallint CHECK (max_party_size BETWEEN 1 AND 50);

DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format('GRANT INSERT (party_size), UPDATE (party_size) ON bookings TO %I', serving);
    EXECUTE format('GRANT INSERT (max_party_size), UPDATE (max_party_size) ON policies TO %I', serving);
END
$$;
