-- Rules, columns and joins that several statements share. Each stands here and nowhere else.
-- In all of them s is the slot, b a booking (or the hold or offer that becomes one), w an entry in a waitlist, a the
-- applicant, p what is set for the property, o what is set for the organization, e an event, home the property, agency the
-- organization, host its agent's profile. What a row says is compared in the words
-- of the indexes, and what has to stay off an index is put as `(…) IS true`.

-- ---------------------------------------------------------------- applicants

-- fragment: person
-- An applicant's columns, under names that stay apart in a join. Read with rows.applicant_from.
a.id AS person_id, a.organization_id AS person_organization_id, a.external_id AS person_external_id,
a.user_id AS person_user_id, a.name AS person_name, a.email AS person_email, a.risk_level AS person_risk_level,
a.screened_at AS person_screened_at, a.erased_at AS person_erased_at

-- fragment: granted_roles
-- An agent who is shut out has none, whatever a token or an operator says.
CASE WHEN a.shut_out_at IS NULL THEN a.claimed_role END AS claimed_role,
CASE WHEN a.shut_out_at IS NULL THEN a.provisioned_role END AS provisioned_role

-- fragment: nobody
-- The same columns where a row of a UNION is about no applicant.
NULL::uuid AS person_id, NULL::uuid AS person_organization_id, NULL::uuid AS person_external_id,
NULL::text AS person_user_id, NULL::text AS person_name, NULL::text AS person_email, NULL::text AS person_risk_level,
NULL::timestamptz AS person_screened_at, NULL::timestamptz AS person_erased_at

-- fragment: eligible
-- Applicant.eligible: a level that only a newer release knows lets nobody in.
a.risk_level IN ('LOW', 'MEDIUM')

-- fragment: folded_email
-- As domain/applicant.folded, in the words of the index.
lower(a.email COLLATE "C")

-- fragment: folded_name
lower(a.name COLLATE "C")

-- fragment: linkable
-- Whether the login `asked` (subject, email) may be linked to an applicant: the same when looked for and when written.
a.user_id IS NULL AND a.erased_at IS NULL AND {folded_email} = asked.email
-- the release before knows no other login that was taken than this
AND a.unlinked_from IS DISTINCT FROM asked.subject
AND NOT EXISTS (
    SELECT FROM former_logins f
    WHERE f.organization_id = a.organization_id AND f.applicant_id = a.id AND f.subject = asked.subject)

-- ---------------------------------------------------------------- policies

-- fragment: policies
-- What is set for the slot's property and organization.
LEFT JOIN policies p ON p.organization_id = s.organization_id AND p.property_id = s.property_id
LEFT JOIN policies o ON o.organization_id = s.organization_id AND o.property_id IS NULL

-- fragment: rules
-- Both as one text, which most rows have in common. Read with rows.policy_of.
CASE WHEN p.organization_id IS NULL AND o.organization_id IS NULL THEN NULL
     ELSE json_build_array(row_to_json(o), row_to_json(p))::text END AS rules

-- ---------------------------------------------------------------- names

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

-- fragment: limited
-- Policy.limits_bookings: it matters how many bookings somebody has, wherever they are.
(coalesce(p.max_live_bookings, o.max_live_bookings) IS NOT NULL
 OR coalesce(p.max_live_bookings_per_property, o.max_live_bookings_per_property) IS NOT NULL)

-- fragment: notice
make_interval(secs => coalesce(p.notice_seconds, o.notice_seconds, 0))

-- fragment: farthest
-- The latest start that can be booked. A day has 24 hours in every time zone.
coalesce(booking_now() + make_interval(hours => 24 * coalesce(p.horizon_days, o.horizon_days)), 'infinity')

-- ---------------------------------------------------------------- claims on places

-- fragment: live
-- BookingStatus.live, in the words of the partial indexes.
b.status IN ('held', 'offered', 'pending_approval', 'confirmed')

-- fragment: running
-- Not over by the clock.
(b.deadline IS NULL OR b.deadline > booking_now())

-- fragment: booked
b.status IN ('pending_approval', 'confirmed') AND {running}

-- fragment: reserved
-- Kept for somebody who may book it: `a` is the claimant where they may not.
b.status IN ('held', 'offered') AND {running} AND a.id IS NULL

-- fragment: expired
-- A request for approval that nobody answered in time.
b.status = 'pending_approval' AND b.deadline <= booking_now()

-- fragment: made
-- Neither a hold nor an offer, nor what became of one that led to nothing.
b.status NOT IN ('held', 'lapsed', 'offered', 'released')

-- fragment: by_the_clock
CASE WHEN {expired} THEN 'expired' ELSE b.status END

-- fragment: on_slot
b.organization_id = s.organization_id AND b.slot_id = s.id AND {live}

-- fragment: ineligible_claimants
LEFT JOIN applicants a ON a.organization_id = b.organization_id AND a.id = b.applicant_id AND NOT {eligible}

-- fragment: is_queued
-- In the words of the index.
w.status IN ('waiting', 'offered')

-- fragment: queued
w.organization_id = s.organization_id AND w.slot_id = s.id AND {is_queued}

-- fragment: waiting
-- How many wait who may book.
SELECT count(*) AS waiting
FROM waitlist w
JOIN applicants a ON a.organization_id = w.organization_id AND a.id = w.applicant_id AND {eligible}
WHERE {queued} AND w.status = 'waiting'

-- fragment: entry
-- An entry's columns. Read with rows.entry_from.
w.organization_id, w.id, w.slot_id, w.applicant_id, w.status, w.offer_id, w.reason, w.created_at, w.updated_at

-- fragment: given_up
-- An entry that counts for the cool-down of whoever joins again.
w.status IN ('left', 'declined') AND w.updated_at > booking_now() - {cool_down}

-- fragment: counted
-- What is taken of a slot, kept and waited for, as it is by the clock. Counted, never stored.
JOIN LATERAL (
    SELECT count(*) FILTER (WHERE {booked}) AS booked,
           count(*) FILTER (WHERE {reserved}) AS reserved,
           count(*) FILTER (WHERE NOT {running}) AS overdue,
           array_agg(b.applicant_id) AS claimants,
           min(b.deadline) FILTER (WHERE {reserved}) AS frees_at,
           min(b.deadline) FILTER (WHERE {expired}) AS freed_at
    FROM bookings b {ineligible_claimants}
    WHERE {on_slot}
) claims ON true
JOIN LATERAL ({waiting}) queue ON true

-- fragment: summed
-- The same for lists, without who and until when, but with what the clock or a screening may change: claims that end by
-- themselves, and entries. Most slots of a list were never claimed: to find that costs less than counting all three.
LEFT JOIN LATERAL (
    SELECT (SELECT count(*) FROM bookings b {ineligible_claimants}
            WHERE {on_slot} AND ({booked} OR {reserved})) AS taken,
           ({waiting}) AS waiting,
           (SELECT count(*) FROM (
                SELECT b.id FROM bookings b WHERE {on_slot} AND b.deadline IS NOT NULL
                UNION ALL SELECT w.id FROM waitlist w WHERE {queued}) unsettled) AS unsettled
    FROM (SELECT b.slot_id FROM bookings b WHERE b.organization_id = s.organization_id AND b.slot_id = s.id
          UNION ALL SELECT w.slot_id FROM waitlist w WHERE {queued}) touched
    LIMIT 1
) summed ON true

-- ---------------------------------------------------------------- slots by the clock

-- fragment: slot
-- A slot's columns. Read with rows.slot_from, by their places.
s.organization_id, s.id, s.property_id, s.agent_id, s.start_time, s.end_time, s.status, s.cancelled_at, s.capacity,
s.busy_until, s.reason, s.created_at, s.updated_at

-- fragment: availability
-- What there is to tell of a slot beside `counted` and `terms`. Read with rows.availability_from, by their places.
{slot}, {counts}, booking_now() AS at, {rules}, {names}

-- fragment: counts
claims.booked, claims.reserved, claims.overdue, claims.claimants, claims.frees_at, claims.freed_at, queue.waiting

-- fragment: freed
-- Few bookings expire before they are tidied: those are found once in a statement, by their deadlines.
-- `IS true` keeps the plan off the index of live claims.
(s.organization_id, s.id) IN (
    SELECT b.organization_id, b.slot_id FROM bookings b
    WHERE (b.status = 'pending_approval') IS true AND b.deadline <= booking_now())

-- fragment: is_available
-- SlotStatus.AVAILABLE by the clock.
(s.status = 'available' OR (s.status = 'booked' AND {freed}))

-- fragment: is_booked
-- SlotStatus.BOOKED by the clock.
(s.status = 'booked' AND NOT {freed})

-- fragment: updated_at
-- Slot.as_of, of slots that are available.
CASE WHEN s.status = 'booked'
     THEN coalesce((SELECT min(b.deadline) FROM bookings b WHERE {on_slot} AND {expired}), s.updated_at)
     ELSE s.updated_at END

-- fragment: in_time
-- By the policy and the clock. The start stands by itself on one side, so that the index finds it; that the slot is not
-- cancelled follows from its status, and is said again because the index says it.
s.cancelled_at IS NULL AND s.start_time > booking_now()
AND s.start_time >= booking_now() + {notice} AND s.start_time <= {farthest}

-- fragment: is_open_as_written
s.status = 'available' AND {in_time}

-- fragment: is_open
-- The same, whether or not what is over by the clock is written.
{is_available} AND {in_time}

-- fragment: can_be_offered
-- Availability.can_be_offered: there is time still to offer a place to somebody who waits.
(booking_now() < s.start_time - {notice} AND s.start_time <= {farthest})

-- fragment: waited_for
-- Availability.awaited_in_vain: a place is free, and not offered yet.
{can_be_offered} AND s.capacity > claims.booked + claims.reserved AND queue.waiting > 0

-- fragment: is_public
-- Availability.public: a place is open to everybody.
{is_open}
AND s.capacity - (claims.booked + claims.reserved) - CASE WHEN {can_be_offered} THEN queue.waiting ELSE 0 END > 0

-- ---------------------------------------------------------------- commitments

-- fragment: claim
-- A claim's columns beside its slot. Read with rows.booking_from.
b.organization_id, b.id, b.slot_id, b.applicant_id, b.status, b.place, b.deadline, b.sequence, b.notes, b.reason,
b.outcome, b.outcome_at, b.rating, b.comment, b.feedback_at, b.attendance_confirmed_at, b.may_release, b.created_at,
b.updated_at,
s.agent_id, s.property_id, s.start_time, s.end_time

-- fragment: of_person
b.organization_id = who.organization_id AND b.applicant_id = who.applicant_id

-- fragment: begins_then
-- A visit that begins before `who.until`, and not so early that it could not reach beyond `who.since`. `IS true` keeps the
-- plan off the index of the exclusion, which costs ten times as much as the one by start.
{of_person} AND (b.status = 'confirmed') IS true
AND b.start_time > who.since - {longest} AND b.start_time < who.until

-- fragment: unsettled
-- A claim that ends by the clock, wherever it is; or one of which the release before has not written when it is.
{of_person} AND (b.deadline IS NOT NULL OR b.start_time IS NULL) AND ({live}) IS true

-- fragment: beside
-- The claims of `who` (organization_id, applicant_id, since, until) that count beside the slots of that time. Three ways
-- that have nothing in common, each by an index of its own: with OR it would be all that they ever booked.
SELECT {beside_fields} FROM bookings b WHERE {begins_then} AND b.end_time > who.since
UNION ALL
SELECT {beside_fields} FROM bookings b WHERE {unsettled}
UNION ALL
-- given up of late: by the applicant, or a hold or offer that led to nothing and was no answer to an entry
SELECT {beside_fields} FROM bookings b
WHERE {of_person} AND b.start_time >= who.since AND b.start_time < who.until
  -- few are read so, whatever the time: nothing else is claimed
  AND b.start_time > booking_now()
  AND b.updated_at > booking_now() - {cool_down}
  AND (b.status = 'cancelled_by_applicant' OR b.status IN ('released', 'lapsed') AND NOT EXISTS (
      SELECT FROM waitlist w WHERE w.organization_id = b.organization_id AND w.offer_id = b.id))

-- fragment: beside_fields
b.organization_id, b.id, b.slot_id, b.applicant_id, b.status, b.place, b.deadline, b.sequence, b.notes, b.reason,
b.outcome, b.outcome_at, b.rating, b.comment, b.feedback_at, b.attendance_confirmed_at, b.may_release, b.created_at,
b.updated_at

-- fragment: place_free
-- BookingContext.place_free: nobody has the place of a visit that was released a while ago, nor its applicant another one.
CASE WHEN b.status = 'cancelled_unconfirmed' AND b.updated_at > booking_now() - {take_back} AND s.cancelled_at IS NULL
     THEN (SELECT s.capacity > claims.booked + claims.reserved + CASE WHEN {can_be_offered} THEN queue.waiting ELSE 0 END
           FROM (VALUES (1)) here {counted})
          AND NOT EXISTS (
              SELECT FROM bookings own
              WHERE own.organization_id = b.organization_id AND own.applicant_id = b.applicant_id AND {live b=own}
                AND {running b=own} AND (own.slot_id = b.slot_id OR own.status <> 'offered'
                                         AND own.start_time < s.end_time AND own.end_time > s.start_time))
     ELSE false END AS place_free

-- fragment: commitments
-- Who looks, and a row for each of their claims that count; one without for whoever has none, in no order.
-- Read with commitments.commitments_in.
{person},
b.organization_id AS beside_organization_id, b.id AS beside_id, b.slot_id AS beside_slot_id,
b.applicant_id AS beside_applicant_id, b.status AS beside_status, b.place AS beside_place,
b.deadline AS beside_deadline, b.sequence AS beside_sequence, b.notes AS beside_notes, b.reason AS beside_reason,
b.outcome AS beside_outcome, b.outcome_at AS beside_outcome_at, b.rating AS beside_rating,
b.comment AS beside_comment, b.feedback_at AS beside_feedback_at,
b.attendance_confirmed_at AS beside_attendance_confirmed_at, b.may_release AS beside_may_release,
b.created_at AS beside_created_at,
b.updated_at AS beside_updated_at,
s.agent_id AS beside_agent_id, s.property_id AS beside_property_id, s.start_time AS beside_start_time,
s.end_time AS beside_end_time

-- fragment: committed
LEFT JOIN applicants a ON a.organization_id = who.organization_id AND a.id = who.applicant_id
LEFT JOIN LATERAL ({beside}) b ON true
LEFT JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id

-- fragment: from_ever
-- Beside.spans: where a policy limits bookings, claims count whenever they are; else this is null.
CASE WHEN {limited} THEN '-infinity'::timestamptz END

-- fragment: for_ever
CASE WHEN {limited} THEN 'infinity'::timestamptz END

-- ---------------------------------------------------------------- pages

-- fragment: page
-- A page by the starts of slots and then by the ids of `it`; with one row more than there is room for.
  AND s.start_time >= :since  -- if since
  AND s.start_time < :until  -- if until
  AND (s.start_time, it.id) > (:after_start, :after_id)  -- if after_id
ORDER BY s.start_time, it.id
LIMIT :most

-- fragment: stretch
-- Rows that a list reads, in its order: by the starts of slots and then by the ids of `it`; no more than :most_read.
  AND s.start_time >= :since  -- if since
  AND s.start_time < :until  -- if until
  AND (s.start_time, it.id) > (:after_start, :after_id)  -- if onwards
  AND (s.start_time, it.id) < (:after_start, :after_id)  -- if back
ORDER BY s.start_time
  DESC  -- if descending
  , it.id
  DESC  -- if descending
LIMIT :most_read

-- ---------------------------------------------------------------- events

-- fragment: event
-- An event's columns. Read with events.recorded_from.
e.organization_id, e.id, e.type, e.actor_subject, e.actor_role, e.request_id, e.slot_id, e.booking_id, e.applicant_id,
e.agent_id, e.property_id, e.from_state, e.to_state, e.start_time, e.end_time, e.from_slot_id, e.from_property_id,
e.from_agent_id, e.from_start_time, e.from_end_time, e.endpoint_id, e.actor_via, e.occurred_at, e.position

-- fragment: line
-- Event.line: events of the same line are delivered in order.
coalesce(e.booking_id, e.slot_id, e.applicant_id, e.property_id, e.agent_id, e.endpoint_id, e.organization_id)

-- fragment: first_in_line
-- Of a delivery that is not dead: no earlier one of its booking, or else of what it is about, is to be made to its subscriber.
-- Put so that it is asked of one row after the other, by the index of lines: a replay has a hundred thousand, and neither a join
-- nor an index of the subscription is to go over all of them.
d.position = (
    SELECT min(line.position) FROM deliveries line
    WHERE line.organization_id = d.organization_id AND line.line = d.line
      AND (line.subscription_organization_id = d.subscription_organization_id) IS true
      AND (line.subscription_id = d.subscription_id) IS true AND line.died_at IS NULL)
