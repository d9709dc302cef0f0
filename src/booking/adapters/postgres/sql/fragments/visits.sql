-- Rules of visits: s is the slot, b a booking (or the hold or offer that becomes one), w an entry in a waitlist, a the applicant.
-- What a row says is compared in the words of the indexes, and what has to stay off an index is put as `(…) IS true`.

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
AND s.start_time >= booking_now() + {notice} AND s.start_time <= {farthest} AND {not_withdrawn}

-- fragment: is_open_as_written
s.status = 'available' AND {in_time}

-- fragment: is_open
-- The same, whether or not what is over by the clock is written.
{is_available} AND {in_time}

-- fragment: can_be_offered
-- Availability.can_be_offered: there is time still to offer a place to somebody who waits.
(booking_now() < s.start_time - {notice} AND s.start_time <= {farthest} AND {not_withdrawn})

-- fragment: waited_for
-- Availability.awaited_in_vain: a place is free, and not offered yet.
{can_be_offered} AND s.capacity > claims.booked + claims.reserved AND queue.waiting > 0

-- fragment: is_public
-- Availability.public: a place is open to everybody.
{is_open}
AND s.capacity - (claims.booked + claims.reserved) - CASE WHEN {can_be_offered} THEN queue.waiting ELSE 0 END > 0

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

-- ---------------------------------------------------------------- watches

-- fragment: watch
-- Read with watches.watch_from.
v.organization_id, v.property_id, v.applicant_id, v.since, v.until, v.weekdays, v.created_at, v.updated_at

-- fragment: has_claim
-- Whoever watches has a claim there: they are told of no other place.
EXISTS (SELECT FROM bookings own JOIN slots theirs ON theirs.organization_id = own.organization_id AND theirs.id = own.slot_id
        WHERE own.organization_id = v.organization_id AND own.applicant_id = v.applicant_id
          AND {live b=own} AND {running b=own}
          AND theirs.property_id = v.property_id AND theirs.end_time > booking_now())
