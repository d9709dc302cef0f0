-- Feeds of calendars: f is a feed, of an agent m or of an applicant a; b a visit in it, s its slot, home its property, agency its
-- organization, host the profile of the visit's agent, visitor its applicant.

-- fragment: calendar_feed
-- Read with calendar_feeds.feed_from.
f.organization_id, f.id, f.agent_id, f.applicant_id, f.created_at

-- name: add
-- With the first number that is free; no row where there is none, or another one has taken it meanwhile.
INSERT INTO calendar_feeds AS f (organization_id, id, agent_id, applicant_id, subject, number, token_hash)
SELECT :organization_id::uuid, :id::uuid, :agent_id::uuid, :applicant_id::uuid, :subject::text, free.number, :token_hash::bytea
FROM generate_series(1, :most::integer) AS free (number)
WHERE NOT EXISTS (
    SELECT FROM calendar_feeds g
    WHERE g.organization_id = :organization_id AND g.owner_id = coalesce(:agent_id::uuid, :applicant_id::uuid)
      AND g.number = free.number)
ORDER BY free.number LIMIT 1
ON CONFLICT (organization_id, owner_id, number) DO NOTHING
RETURNING {calendar_feed}

-- name: of
SELECT {calendar_feed}
FROM unnest(:organization_ids::uuid[], :owner_ids::uuid[]) AS asked (organization_id, owner_id)
JOIN calendar_feeds f ON f.organization_id = asked.organization_id AND f.owner_id = asked.owner_id
ORDER BY f.created_at, f.id

-- name: remove
DELETE FROM calendar_feeds f
USING unnest(:organization_ids::uuid[], :owner_ids::uuid[]) AS own (organization_id, owner_id)
WHERE f.organization_id = own.organization_id AND f.owner_id = own.owner_id AND f.id = :id::uuid
RETURNING f.id

-- name: end
-- All feeds of a person who is it no more.
DELETE FROM calendar_feeds f WHERE f.organization_id = :organization_id AND f.owner_id = :owner_id

-- name: owner
-- The person of a feed, if they are it still.
SELECT f.agent_id, f.applicant_id, coalesce(p.name, a.name) AS name, coalesce(p.locale, c.locale) AS locale, {agency_facts}
FROM calendar_feeds f
LEFT JOIN applicants a ON a.organization_id = f.organization_id AND a.id = f.applicant_id AND a.user_id = f.subject
    AND a.erased_at IS NULL
LEFT JOIN contacts c ON c.organization_id = a.organization_id AND c.applicant_id = a.id
LEFT JOIN agents m ON m.organization_id = f.organization_id AND m.id = f.agent_id AND m.erased_at IS NULL
    AND m.shut_out_at IS NULL AND (m.claimed_role IS NOT NULL OR m.provisioned_role IS NOT NULL)
LEFT JOIN profiles p ON p.organization_id = m.organization_id AND p.agent_id = m.id
LEFT JOIN organizations agency ON agency.organization_id = f.organization_id
WHERE f.organization_id = :organization_id AND f.token_hash = :token_hash AND (a.id IS NOT NULL OR m.id IS NOT NULL)

-- fragment: agency_facts
-- Read with facts.agency_from.
agency.name AS agency_name, agency.locale AS agency_locale, agency.phone AS agency_phone,
agency.website AS agency_website, agency.colour AS agency_colour, agency.logo_url AS agency_logo_url,
coalesce(agency.reply_to, agency.email) AS agency_reply_to, coalesce(agency.time_zone, 'UTC') AS agency_zone

-- fragment: entries
b.id, b.sequence, b.status, b.updated_at, s.start_time, s.end_time, NULL::timestamptz AS moved_from,
home.label, home.area, home.address AS place_address, home.directions, home.meeting_point,
coalesce(home.time_zone, agency.time_zone, 'UTC') AS zone,
host.name AS agent_name, host.phone AS agent_phone, b.party_size, visitor.name AS applicant_name, visitor.erased_at AS visitor_erased_at

-- fragment: beside_the_visit
LEFT JOIN organizations agency ON agency.organization_id = s.organization_id
LEFT JOIN properties home ON home.organization_id = s.organization_id AND home.id = s.property_id
LEFT JOIN profiles host ON host.organization_id = s.organization_id AND host.agent_id = s.agent_id
LEFT JOIN applicants visitor ON visitor.organization_id = b.organization_id AND visitor.id = b.applicant_id

-- fragment: in_the_feed
-- A visit that comes, or was of late; and of late again, one that came to nothing.
b.status NOT IN ({unmade_states}) AND s.end_time > booking_now() - :past::interval
AND (b.status IN ({visit_states}) OR b.updated_at > booking_now() - :ended::interval)

-- name: visits_of_agent
SELECT * FROM (
    SELECT {entries}
    FROM slots s
    JOIN bookings b ON b.organization_id = s.organization_id AND b.slot_id = s.id
    {beside_the_visit}
    WHERE s.organization_id = :organization_id AND s.agent_id = :owner_id
      AND s.start_time > booking_now() - :past::interval - {longest} AND {in_the_feed}
    ORDER BY s.start_time DESC, b.id DESC LIMIT :most) latest
ORDER BY start_time, id

-- name: visits_of_applicant
SELECT * FROM (
    SELECT {entries}
    FROM bookings b
    JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
    {beside_the_visit}
    WHERE b.organization_id = :organization_id AND b.applicant_id = :owner_id AND {in_the_feed}
    ORDER BY s.start_time DESC, b.id DESC LIMIT :most) latest
ORDER BY start_time, id
