-- Deadlines of answers: n is the notice that there is no answer, q the question, b the booking, a its applicant. They go over all
-- organizations.

-- name: passed
-- Deadlines of answers that have passed, for which it is to be decided whether the visit is released. An answer at the very deadline
-- is in time. The question was asked if it arrived early enough, and its channel and address may still be used.
SELECT DISTINCT ON (n.organization_id, n.booking_id, n.sequence) n.organization_id, n.slot_id, n.booking_id, n.sequence, (
    {in_its_state} AND n.before_start = {release_before} AND a.erased_at IS NULL AND EXISTS (
        SELECT FROM notices q
        WHERE q.organization_id = n.organization_id AND q.booking_id = n.booking_id AND q.sequence = n.sequence
          AND q.kind = 'reminder' AND q.answer_by <= booking_now()
          AND CASE WHEN {trust_sent} THEN q.state IN ('sent', 'delivered') AND q.attempted_at <= n.due_at - {read}
                   ELSE q.state = 'delivered' AND q.ended_at <= n.due_at - {read} END
          AND (c.channels IS NULL OR q.channel = ANY (c.channels))
          AND NOT {unsubscribed n=q}
          AND NOT EXISTS (SELECT FROM suppressions x
                          WHERE x.organization_id = q.organization_id AND x.channel = q.channel
                            AND x.address = address_hash(q.organization_id, {applicant_address n=q})))) IS true AS asked
FROM (SELECT n.* FROM notices n
      WHERE n.state = 'queued' AND n.held AND n.due_at < booking_now()
      ORDER BY n.due_at LIMIT :most::integer) n
{plans}
LEFT JOIN bookings b ON b.organization_id = n.organization_id AND b.id = n.booking_id
LEFT JOIN applicants a ON a.organization_id = b.organization_id AND a.id = b.applicant_id
LEFT JOIN contacts c ON c.organization_id = a.organization_id AND c.applicant_id = a.id
ORDER BY n.organization_id, n.booking_id, n.sequence

-- name: let_go
UPDATE notices n SET held = false
WHERE n.organization_id = :organization_id::uuid AND n.booking_id = :booking_id::uuid AND n.sequence = :sequence::integer
  AND n.kind = 'unanswered' AND n.held AND n.state = 'queued' AND n.due_at < booking_now()
