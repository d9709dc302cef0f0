-- A delivery is made from its event in one statement, by the only role that may, and nobody deletes events: the foreign key
-- told nothing that this does not hold, and checking it took longer than all else about an event (0.15 ms, for it has to
-- find the partition and lock the row). `booking check` counts deliveries without their event in its place.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_organization_id_event_id_occurred_at_fkey;
