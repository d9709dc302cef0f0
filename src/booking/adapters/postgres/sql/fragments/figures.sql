-- Figures of visits: c is a cell. docs/figures.md says what each is.

-- fragment: of_cell
-- The slots of a cell, and of no other: c is the cell, s the slot.
s.organization_id = c.organization_id AND s.agent_id = c.agent_id AND s.property_id = c.property_id
AND s.start_time >= c.quarter AND s.start_time < c.quarter + interval '15 minutes'

-- fragment: quarter
date_bin('15 minutes', s.start_time, timestamptz 'epoch')

-- fragment: sums
-- Figures of many cells. A visit comes until the quarter of an hour is over in which it begins. Read with rows.figures_from.
coalesce(sum(c.slots), 0)::bigint AS slots, coalesce(sum(c.offered), 0)::bigint AS offered,
coalesce(sum(c.booked), 0)::bigint AS booked, coalesce(sum(c.attended), 0)::bigint AS attended,
coalesce(sum(c.no_show), 0)::bigint AS no_show,
coalesce(sum(c.unrecorded) FILTER (WHERE c.quarter <= booking_now() - interval '15 minutes'), 0)::bigint AS not_recorded,
coalesce(sum(c.unrecorded) FILTER (WHERE c.quarter > booking_now() - interval '15 minutes'), 0)::bigint AS coming,
coalesce(sum(c.declined), 0)::bigint AS declined, coalesce(sum(c.by_applicant), 0)::bigint AS by_applicant,
coalesce(sum(c.by_agent), 0)::bigint AS by_agent, coalesce(sum(c.by_screening), 0)::bigint AS by_screening,
coalesce(sum(c.unconfirmed), 0)::bigint AS unconfirmed, coalesce(sum(c.within_24_hours), 0)::bigint AS within_24_hours,
coalesce(sum(c.within_2_hours), 0)::bigint AS within_2_hours, coalesce(sum(c.moved), 0)::bigint AS moved,
coalesce(sum(c.lead_seconds), 0)::bigint AS lead_seconds, coalesce(sum(c.waited), 0)::bigint AS waited,
coalesce(sum(c.waited_booked), 0)::bigint AS waited_booked
