-- Notices that wait are planned anew when the plan changes (ADR 78).
DO $$
BEGIN
    EXECUTE format('GRANT UPDATE (not_after) ON notices TO %I', current_setting('booking.serving_role'));
END
$$;
