-- Slots with all who have a place in them or wait for one, and people with what counts about them, under their locks.

-- fragment: empty
-- A roster without anybody on it. Read with claimed.empty_from.
{slot}, {rules}, {names}, booking_now() AS at

-- name: lock_slots
SELECT {empty}
FROM unnest(:organization_id::uuid[], :id::uuid[]) AS asked (organization_id, id)
JOIN slots s ON s.organization_id = asked.organization_id AND s.id = asked.id {terms}
ORDER BY s.organization_id, s.id
FOR NO KEY UPDATE OF s

-- name: lock_pairs
-- Slots and who wants a place in each, of which nobody else has locked either.
SELECT {empty}, {person}
FROM unnest(:organization_id::uuid[], :slot_id::uuid[], :applicant_id::uuid[])
    AS asked (organization_id, slot_id, applicant_id)
JOIN slots s ON s.organization_id = asked.organization_id AND s.id = asked.slot_id {terms}
JOIN applicants a ON a.organization_id = asked.organization_id AND a.id = asked.applicant_id
FOR NO KEY UPDATE OF s, a SKIP LOCKED

-- fragment: slots_asked
unnest(:slot_organization_id::uuid[], :slot_id::uuid[]) WITH ORDINALITY AS asked (organization_id, id, number)

-- fragment: people_asked
unnest(:person_organization_id::uuid[], :person_applicant_id::uuid[], :person_since::timestamptz[],
       :person_until::timestamptz[]) WITH ORDINALITY
    AS who (organization_id, applicant_id, since, until, number)

-- fragment: entry_as_claim
w.organization_id, w.id, w.slot_id, w.applicant_id, w.status, NULL::smallint, NULL::timestamptz, NULL::integer,
NULL::text, w.reason, NULL::text, NULL::timestamptz, NULL::smallint, NULL::text, NULL::timestamptz, NULL::timestamptz,
NULL::boolean, NULL::smallint, w.created_at,
w.updated_at, NULL::uuid, NULL::uuid, NULL::timestamptz, NULL::timestamptz, {eligible}, w.offer_id, w.seq
FROM waitlist w JOIN applicants a ON a.organization_id = w.organization_id AND a.id = w.applicant_id

-- name: claims
-- What there is of claims, by kind: on the slots (0), of the people elsewhere (1), of those who wait (2), and of the
-- people who did (3). Claims by their places, entries in their order.
SELECT asked.number, 0 AS kind, {claim}, {eligible} AS eligible, NULL::uuid AS offer_id, b.place::bigint AS rank
FROM {slots_asked}
JOIN bookings b ON b.organization_id = asked.organization_id AND b.slot_id = asked.id AND {live}
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
JOIN applicants a ON a.organization_id = b.organization_id AND a.id = b.applicant_id
UNION ALL
SELECT who.number, 1, {claim}, true, NULL, NULL
FROM {people_asked}
JOIN LATERAL ({beside}) b ON true
JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
UNION ALL
SELECT found.* FROM {slots_asked} JOIN LATERAL (
    SELECT asked.number, 2, {entry_as_claim}
    WHERE w.organization_id = asked.organization_id AND w.slot_id = asked.id AND {is_queued}) found ON true
UNION ALL
SELECT found.* FROM {people_asked} JOIN LATERAL (
    SELECT who.number, 3, {entry_as_claim}
    WHERE w.organization_id = who.organization_id AND w.applicant_id = who.applicant_id AND {given_up}) found ON true
ORDER BY kind, number, rank

-- name: ties
-- The slots on which people have a claim, or for which they wait. Some come twice: to have each once PostgreSQL would go
-- through those of all people in the order of the slots. `IS true` is for the same reason.
SELECT who.number, ties.slot_id
FROM unnest(:organization_id::uuid[], :applicant_id::uuid[]) WITH ORDINALITY
    AS who (organization_id, applicant_id, number)
JOIN LATERAL (
    SELECT b.slot_id FROM bookings b WHERE {of_person} AND ({live}) IS true
    UNION ALL
    SELECT w.slot_id FROM waitlist w
    WHERE w.organization_id = who.organization_id AND w.applicant_id = who.applicant_id AND ({is_queued}) IS true
) ties ON true
