-- A slot moves to another time, or to another agent (ADR 88). The times of its claims follow by their foreign key.
DO $$
BEGIN
    EXECUTE format('GRANT UPDATE (agent_id, start_time, end_time, busy_until) ON slots TO %I',
                   current_setting('booking.serving_role'));
END
$$;
