-- Feeds of people's visits for calendar programs (ADR 81). A feed is known by the hash of its token, and ends with its person.

CREATE TABLE calendar_feeds (
    organization_id uuid        NOT NULL,
    id              uuid        NOT NULL,
    agent_id        uuid,
    applicant_id    uuid,
    owner_id        uuid        NOT NULL GENERATED ALWAYS AS (coalesce(agent_id, applicant_id)) STORED,
    subject         text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),  -- their login when it was made
    number          smallint    NOT NULL CHECK (number BETWEEN 1 AND 5),  -- of each person
    token_hash      bytea       NOT NULL CHECK (length(token_hash) = 32),
    created_at      timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, token_hash),
    UNIQUE (organization_id, owner_id, number),
    FOREIGN KEY (organization_id, agent_id) REFERENCES agents (organization_id, id),
    FOREIGN KEY (organization_id, applicant_id) REFERENCES applicants (organization_id, id),
    CHECK (num_nonnulls(agent_id, applicant_id) = 1)
);

DO $$
BEGIN
    EXECUTE format('GRANT SELECT, DELETE ON calendar_feeds TO %I', current_setting('booking.serving_role'));
    EXECUTE format('GRANT INSERT (organization_id, id, agent_id, applicant_id, subject, number, token_hash) ON calendar_feeds TO %I',
                   current_setting('booking.serving_role'));
END
$$;
