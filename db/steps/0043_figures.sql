-- step: waitlist_of_any_state
-- concurrently on waitlist
CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (organization_id, slot_id)

-- step: rated
-- concurrently on bookings
CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (organization_id, start_time) WHERE rating IS NOT NULL
