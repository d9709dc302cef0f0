-- When the token was issued whose claims hold: an earlier one that is still valid does not overwrite what a later one says.
ALTER TABLE agents ADD COLUMN claimed_at timestamptz;
DO $$
BEGIN
    EXECUTE format('GRANT UPDATE (claimed_at) ON agents TO %I', current_setting('booking.serving_role'));
END
$$;
