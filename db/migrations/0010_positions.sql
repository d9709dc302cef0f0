-- Only events that have their position are looked for by it. An index of all of them was also a way to those that have
-- none yet, which the planner took in place of the one in their order: each step of the relay read all that waited.
DROP INDEX events_in_order;
DROP INDEX events_of_organization;
CREATE INDEX events_in_order ON events (position) WHERE position IS NOT NULL;
CREATE INDEX events_of_organization ON events (organization_id, position) WHERE position IS NOT NULL;
