-- Absences (ADR 94): a block that is made over slots, which a job hands over. Until then no row of agent_times can stand there, and
-- whoever makes a slot looks at the block itself, under the lock of the agent.
ALTER TABLE blocks ADD COLUMN of_absence boolean NOT NULL DEFAULT false;
CREATE INDEX absences_of_agent ON blocks (organization_id, agent_id, end_time) WHERE of_absence;
