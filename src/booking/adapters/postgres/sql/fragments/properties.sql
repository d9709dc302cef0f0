-- What holds for the property and the organization of a slot: s is the slot, p what is set for the property, o what is set for
-- the organization, home the property, agency the organization, host its agent's profile.

-- fragment: policies
-- What is set for the slot's property and organization.
LEFT JOIN policies p ON p.organization_id = s.organization_id AND p.property_id = s.property_id
LEFT JOIN policies o ON o.organization_id = s.organization_id AND o.property_id IS NULL

-- fragment: rules
-- Both as one text, which most rows have in common. Read with rows.policy_of.
CASE WHEN p.organization_id IS NULL AND o.organization_id IS NULL THEN NULL
     ELSE json_build_array(row_to_json(o), row_to_json(p))::text END AS rules

-- fragment: limited
-- Policy.limits_bookings: it matters how many bookings somebody has, wherever they are.
(coalesce(p.max_live_bookings, o.max_live_bookings) IS NOT NULL
 OR coalesce(p.max_live_bookings_per_property, o.max_live_bookings_per_property) IS NOT NULL)

-- fragment: notice
make_interval(secs => coalesce(p.notice_seconds, o.notice_seconds, 0))

-- fragment: farthest
-- The latest start that can be booked. A day has 24 hours in every time zone.
coalesce(booking_now() + make_interval(hours => 24 * coalesce(p.horizon_days, o.horizon_days)), 'infinity')

-- fragment: not_withdrawn
-- Policy.withdrawn.
(s.start_time >= p.withdrawn_from) IS NOT true

-- fragment: places
-- What is known of the slot's property and organization, if anything.
LEFT JOIN properties home ON home.organization_id = s.organization_id AND home.id = s.property_id
LEFT JOIN organizations agency ON agency.organization_id = s.organization_id

-- fragment: hosts
LEFT JOIN profiles host ON host.organization_id = s.organization_id AND host.agent_id = s.agent_id

-- fragment: place_names
-- Read with rows.names_from, by their places.
home.label, home.area, coalesce(home.time_zone, agency.time_zone) AS time_zone

-- fragment: names
{place_names}, host.name AS agent_name

-- fragment: terms
-- All that holds for a slot beside its row: its policies and names.
{policies} {places} {hosts}
