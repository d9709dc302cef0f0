-- name: of_people
-- What counts about people for some time, as Beside says.
SELECT who.number, booking_now() AS at, {commitments}
FROM unnest(:organization_id::uuid[], :applicant_id::uuid[], :since::timestamptz[], :until::timestamptz[])
    WITH ORDINALITY AS who (organization_id, applicant_id, since, until, number)
{committed}

-- name: entries
-- Entries of people in waitlists that count: those in a queue, and what they gave up of late.
SELECT who.number, {entry}
FROM unnest(:organization_id::uuid[], :applicant_id::uuid[]) WITH ORDINALITY
    AS who (organization_id, applicant_id, number),
    waitlist w
WHERE w.organization_id = who.organization_id AND w.applicant_id = who.applicant_id
  AND (w.status IN ('waiting', 'offered') OR {given_up})
