-- A change of a schedule decides on occurrences anew: the row then has the time of the decision that holds, by which skipped slots are told.

DO $$
BEGIN
    EXECUTE format('GRANT UPDATE (created_at) ON schedule_occurrences TO %I', current_setting('booking.serving_role'));
END
$$;
