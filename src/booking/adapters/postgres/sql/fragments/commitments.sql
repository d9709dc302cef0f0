-- What a person has claimed beside a slot: b is the claim, s its slot, who the person and the time.

-- fragment: claim
-- A claim's columns beside its slot. Read with rows.booking_from.
b.organization_id, b.id, b.slot_id, b.applicant_id, b.status, b.place, b.deadline, b.sequence, b.notes, b.reason,
b.outcome, b.outcome_at, b.rating, b.comment, b.feedback_at, b.attendance_confirmed_at, b.may_release, b.party_size, b.created_at,
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
b.outcome, b.outcome_at, b.rating, b.comment, b.feedback_at, b.attendance_confirmed_at, b.may_release, b.party_size, b.created_at,
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
b.attendance_confirmed_at AS beside_attendance_confirmed_at, b.may_release AS beside_may_release, b.party_size AS beside_party_size,
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
