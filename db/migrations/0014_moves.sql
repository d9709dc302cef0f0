-- Of a move the old slot, too; and when a visit is to be. The release before this one leaves them empty, and its seals do not
-- cover them (domain/audit.py).
ALTER TABLE events
    ADD COLUMN start_time       timestamptz,
    ADD COLUMN end_time         timestamptz,
    ADD COLUMN from_slot_id     uuid,
    ADD COLUMN from_property_id uuid,
    ADD COLUMN from_agent_id    uuid,
    ADD COLUMN from_start_time  timestamptz,
    ADD COLUMN from_end_time    timestamptz;
