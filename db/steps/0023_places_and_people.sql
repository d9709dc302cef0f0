-- The slots and visits of a property are listed with the cancelled ones, which slots_of_property leaves out.

-- step: at_property
-- concurrently on slots
CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (organization_id, property_id, start_time, id)

-- The history of a booking. Only events that have their position are in it, which the relay gives: those that have none yet are
-- few, and found by that. So whoever writes an event does not pay for it.

-- step: of_booking
-- concurrently for each partition of events
CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (organization_id, booking_id)
WHERE booking_id IS NOT NULL AND position IS NOT NULL
