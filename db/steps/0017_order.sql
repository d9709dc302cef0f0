-- PostgreSQL takes no unique index over all partitions unless it has their key, so each partition has its own; `booking check`
-- and `booking audit verify` compare across partitions.

-- step: in_order
-- concurrently for each partition of events
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (position) WHERE position IS NOT NULL

-- step: of_organization
-- concurrently for each partition of events
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (organization_id, organization_position)
WHERE organization_position IS NOT NULL

-- step: replaced
-- while SELECT count(*) FROM pg_class WHERE oid IN (to_regclass('events_in_order'), to_regclass('events_of_organization'))
DROP INDEX IF EXISTS events_in_order, events_of_organization

-- step: numbered
-- while SELECT last - numbered FROM positions
SELECT number_events(5000)
