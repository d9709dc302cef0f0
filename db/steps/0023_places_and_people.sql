-- The slots and visits of a property are listed with the cancelled ones, which slots_of_property leaves out.

-- step: at_property
-- concurrently on slots
CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (organization_id, property_id, start_time, id)
