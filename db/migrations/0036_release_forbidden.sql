-- An organization or a property forbids that visits are released (ADR 78): null says nothing.
ALTER TABLE notice_plans ADD COLUMN may_release boolean;

DO $$
BEGIN
    EXECUTE format('GRANT UPDATE (may_release) ON notice_plans TO %I', current_setting('booking.serving_role'));
END
$$;
