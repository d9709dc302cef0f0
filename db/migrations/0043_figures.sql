-- Figures of visits (ADR 91): a cell is what came of the visits of an agent at a property that begin in a quarter of an hour. It
-- is computed from the rows of its slots, and knows no person.

CREATE TABLE figure_cells (
    organization_id  uuid        NOT NULL,
    property_id      uuid        NOT NULL,
    agent_id         uuid        NOT NULL,
    quarter          timestamptz NOT NULL CHECK (quarter = date_bin('15 minutes', quarter, timestamptz 'epoch')),
    slots            integer     NOT NULL,
    offered          integer     NOT NULL,
    booked           integer     NOT NULL,
    attended         integer     NOT NULL,
    no_show          integer     NOT NULL,
    unrecorded       integer     NOT NULL,  -- of these, the clock says which are still to come
    declined         integer     NOT NULL,
    by_applicant     integer     NOT NULL,
    by_agent         integer     NOT NULL,
    by_screening     integer     NOT NULL,
    unconfirmed      integer     NOT NULL,
    within_24_hours  integer     NOT NULL,
    within_2_hours   integer     NOT NULL,
    moved            integer     NOT NULL,
    lead_seconds     bigint      NOT NULL,
    waited           integer     NOT NULL,
    waited_booked    integer     NOT NULL,
    PRIMARY KEY (organization_id, property_id, quarter, agent_id),
    CHECK (booked = attended + no_show + unrecorded + by_applicant + by_agent + by_screening + unconfirmed)
);
CREATE INDEX figure_cells_in_order ON figure_cells (organization_id, quarter);
CREATE INDEX figure_cells_of_agent ON figure_cells (organization_id, agent_id, quarter);

-- How far events were followed: from the first on, so that a new table fills itself.
CREATE TABLE figures_followed (
    position bigint  NOT NULL,
    single   boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO figures_followed (position) VALUES (0);

DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON figure_cells TO %I', current_setting('booking.serving_role'));
    EXECUTE format('GRANT SELECT, UPDATE (position) ON figures_followed TO %I', current_setting('booking.serving_role'));
END
$$;
