-- name: book_directly
-- Book every visit asked for that no rule can refuse; leave the others, and what somebody else has locked, to the domain,
-- which says why. The rules are those of domain/visits/availability.py: the contract suite holds the two together. Each NOT
-- EXISTS has an OFFSET 0, so that it is given the whole condition: of a join the planner might look by a part of it, and
-- go through all that somebody ever booked.
WITH plain AS (
    SELECT asked.*, {rules}, {names}, booking_now() AS at, {person}
    FROM unnest(:organization_id::uuid[], :slot_id::uuid[], :applicant_id::uuid[], :login::text[], :booking_id::uuid[],
                :notes::text[], :party_size::smallint[], :event_id::uuid[], :request_id::text[]) WITH ORDINALITY
        AS asked (organization_id, slot_id, applicant_id, login, booking_id, notes, party_size, event_id, request_id, number)
    JOIN slots s ON s.organization_id = asked.organization_id AND s.id = asked.slot_id {terms}
    JOIN applicants a ON a.organization_id = asked.organization_id AND a.id = asked.applicant_id
    -- the slot is open
    WHERE {is_open_as_written}
      -- nobody is on it
      AND NOT EXISTS (SELECT 1 FROM bookings b WHERE {on_slot} OFFSET 0)
      -- nobody waits for it
      AND NOT EXISTS (SELECT 1 FROM waitlist w WHERE {queued} OFFSET 0)
      -- the person is still who asked, and eligible
      AND a.user_id = asked.login AND {eligible}
      -- they are nowhere else then: of visits that never overlap, the last to begin is the last to end
      AND (SELECT b.end_time > s.start_time FROM bookings b
           WHERE {begins_then who.organization_id=a.organization_id who.applicant_id=a.id
                        who.since=s.start_time who.until=s.end_time} ORDER BY b.start_time DESC LIMIT 1) IS NOT true
      -- they have nothing that ends by the clock
      AND NOT EXISTS (SELECT 1 FROM bookings b WHERE {unsettled who.organization_id=a.organization_id who.applicant_id=a.id} OFFSET 0)
      -- they did not cancel a visit in it of late; the index finds that by its start
      AND NOT EXISTS (
          SELECT 1 FROM bookings b
          WHERE b.organization_id = a.organization_id AND b.applicant_id = a.id AND b.slot_id = s.id
            AND b.start_time = s.start_time AND b.status = 'cancelled_by_applicant'
            AND b.updated_at > booking_now() - {cool_down} OFFSET 0)
      -- it needs no approval
      AND a.risk_level <> ALL (coalesce(p.approval_levels, o.approval_levels, ARRAY[]::text[]))
      -- nothing limits how many bookings they have
      AND NOT {limited}
      -- not too many come
      AND asked.party_size <= coalesce(p.max_party_size, o.max_party_size, asked.party_size)
    FOR NO KEY UPDATE OF s, a SKIP LOCKED
), taken AS (
    UPDATE slots s
    SET status = CASE WHEN s.capacity = 1 THEN 'booked' ELSE s.status END,
        updated_at = CASE WHEN s.capacity = 1 THEN plain.at ELSE s.updated_at END
    FROM plain
    WHERE s.organization_id = plain.organization_id AND s.id = plain.slot_id
    RETURNING {slot}, plain.rules, plain.label, plain.area, plain.time_zone, plain.agent_name, plain.at, plain.applicant_id, plain.login, plain.booking_id, plain.notes, plain.party_size,
              plain.event_id, plain.request_id, plain.number, plain.person_id, plain.person_organization_id,
              plain.person_external_id, plain.person_user_id, plain.person_name, plain.person_email,
              plain.person_risk_level, plain.person_screened_at, plain.person_erased_at
), entered AS (
    INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, place, capacity, start_time, end_time,
                          notes, party_size, created_at, updated_at)
    SELECT organization_id, booking_id, id, applicant_id, 'confirmed', 1, capacity, start_time, end_time, notes, party_size, at, at
    FROM taken
), recorded AS (
    INSERT INTO events (organization_id, id, type, actor_subject, actor_role, request_id, slot_id, booking_id,
                        applicant_id, agent_id, property_id, start_time, end_time, to_state)
    SELECT organization_id, event_id, 'booking.confirmed', login, 'applicant', request_id, id, booking_id,
           applicant_id, agent_id, property_id, start_time, end_time, 'confirmed'
    FROM taken
)
SELECT {slot s=taken}, rules, label, area, time_zone, agent_name, at, person_id, person_organization_id, person_external_id, person_user_id, person_name,
       person_email, person_risk_level, person_screened_at, person_erased_at, number, booking_id
FROM taken

-- fragment: contexts
-- Bookings with all that decides on what may become of them. Read with bookings.context_from.
SELECT {claim}, {person}, {rules}, {names}, {place_free}, booking_now() AS at
FROM bookings b
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id {terms}
JOIN applicants a ON a.organization_id = b.organization_id AND a.id = b.applicant_id

-- fragment: who
unnest(:organization_ids::uuid[], :applicant_ids::uuid[]) AS who (organization_id, applicant_id)

-- name: in_view
-- A booking as its applicant or its slot's agent sees it, or an admin of the agency.
{contexts}
WHERE b.organization_id = ANY (:in_view) AND b.id = :id
  AND ((b.organization_id, b.applicant_id) IN (SELECT organization_id, applicant_id FROM {who})
       OR b.organization_id = :agency AND s.agent_id = coalesce(:agent_id, s.agent_id))

-- fragment: driven_of_agency
-- The rows that the driving filter finds by an index. The other filters are applied to these rows. OFFSET 0 keeps a person's
-- bookings from being looked for among all slots, in their order.
SELECT b.*, s.start_time AS starts
FROM (
    SELECT * FROM bookings b
    WHERE b.organization_id = :organization_id AND {made}
      AND b.slot_id = :slot_id  -- if by_slot
      AND b.applicant_id = :applicant_id  -- if by_applicant
    OFFSET 0  -- if by_applicant
) b
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
WHERE s.organization_id = :organization_id
  AND s.property_id = :property_id  -- if by_property
  AND s.agent_id = :agent_id  -- if by_agent
{stretch it=b}

-- fragment: driven_of_applicants
SELECT b.*, s.start_time AS starts
FROM {who}
JOIN LATERAL (SELECT * FROM bookings b WHERE {of_person} AND {made} OFFSET 0) b ON true
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
WHERE true
{stretch it=b}

-- fragment: in_review
-- BookingContext.needs_review.
({booked} AND s.start_time > booking_now() AND NOT ({eligible}))

-- fragment: chosen
  AND b.slot_id = :slot_id  -- if slot_id
  AND s.property_id = :property_id  -- if property_id
  AND b.applicant_id = :applicant_id  -- if applicant_id
  AND s.agent_id = :agent_id  -- if agent_id
  AND {by_the_clock} = ANY (:statuses)  -- if statuses
  AND b.outcome = :outcome  -- if outcome
  AND {in_review}  -- if in_review
  AND NOT {in_review}  -- if not_in_review
  AND (b.created_at, b.id) < (:after_start, :after_id)  -- if older

-- fragment: listed
SELECT {claim}, {person}, {rules}, {names}, {place_free}, booking_now() AS at

-- fragment: beside_driven
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id {terms}
JOIN applicants a ON a.organization_id = b.organization_id AND a.id = b.applicant_id

-- fragment: ordered
ORDER BY
  b.created_at DESC, b.id DESC,  -- if newest
  b.starts
  DESC  -- if descending
  , b.id
  DESC  -- if descending
LIMIT :most

-- name: of_agency
{listed}
FROM ({driven_of_agency}) b {beside_driven}
WHERE true
{chosen}
{ordered}

-- name: of_applicants
{listed}
FROM ({driven_of_applicants}) b {beside_driven}
WHERE true
{chosen}
{ordered}

-- fragment: numbers
-- How many rows are read, and how many of them are chosen.
SELECT count(*) AS read, count(*) FILTER (WHERE true
{chosen}
) AS chosen

-- name: count_of_agency
{numbers}
FROM ({driven_of_agency}) b {beside_driven}

-- name: count_of_applicants
{numbers}
FROM ({driven_of_applicants}) b {beside_driven}
