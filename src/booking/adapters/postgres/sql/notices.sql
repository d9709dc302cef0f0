-- Notices as they are planned: of events, in batches that go over all organizations. n is a notice, b its booking, s its slot,
-- home its property, agency its organization, a the applicant, m the agent.

-- name: channels
-- A channel that was not configured begins now; one that is configured no more has nothing left to tell.
WITH gone AS (DELETE FROM notice_channels c WHERE c.channel <> ALL (:channels::text[]) RETURNING c.channel),
ended AS (
    SELECT n.organization_id, n.id
    FROM notices n JOIN gone ON gone.channel = n.channel
    WHERE n.state = 'queued'
    ORDER BY n.organization_id, n.id
    FOR NO KEY UPDATE OF n),
written AS (
    UPDATE notices n SET state = 'obsolete', reason = 'plan', ended_at = booking_now()
    FROM ended WHERE n.organization_id = ended.organization_id AND n.id = ended.id)
INSERT INTO notice_channels (channel, since)
SELECT given.channel, booking_now() FROM unnest(:channels::text[]) AS given (channel)
ON CONFLICT DO NOTHING

-- name: follow
-- Hear of events from now on, if that was not so; and go once through the visits that come, for other channels again.
WITH served AS (
    INSERT INTO subscriptions AS s (organization_id, id, kind, event_types, target, position)
    SELECT '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000003', 'notices', :types::text[], :channels::text,
           p.last
    FROM positions p
    ON CONFLICT (organization_id, id) DO UPDATE
    SET event_types = excluded.event_types, target = excluded.target, disabled_at = NULL, failures = 0, failing_since = NULL, failed_at = NULL,
        rests_until = '-infinity', position = CASE WHEN s.disabled_at IS NULL THEN s.position ELSE excluded.position END
    WHERE s.event_types IS DISTINCT FROM excluded.event_types OR s.target IS DISTINCT FROM excluded.target
       OR s.disabled_at IS NOT NULL
    RETURNING s.organization_id)
INSERT INTO notice_sweeps (organization_id, after_start, after_id)
SELECT o.organization_id, booking_now(), '00000000-0000-0000-0000-000000000000' FROM served, organization_positions o
ON CONFLICT (organization_id) DO UPDATE SET after_start = excluded.after_start, after_id = excluded.after_id

-- name: rest
-- Hear of nothing more: no channel is configured.
UPDATE subscriptions s SET disabled_at = booking_now()
WHERE s.organization_id = '00000000-0000-0000-0000-000000000000' AND s.id = '00000000-0000-0000-0000-000000000003'
  AND s.disabled_at IS NULL

-- name: situations
-- Bookings, and zones, of events that are asked about by their numbers.
SELECT asked.number, booking_now() AS at, {visit}, m.subject, former.subject AS former_subject,
       coalesce(home.time_zone, agency.time_zone, 'UTC') AS zone, coalesce(agency.time_zone, 'UTC') AS agency_zone,
       EXISTS (SELECT FROM waitlist w
               JOIN applicants waiting ON waiting.organization_id = w.organization_id AND waiting.id = w.applicant_id
               WHERE w.organization_id = asked.organization_id AND w.slot_id = asked.slot_id
                 AND w.applicant_id = asked.applicant_id AND w.reason = 'slot_cancelled' AND waiting.erased_at IS NULL OFFSET 0) AS in_vain,
       {plan}
FROM unnest(:organization_ids::uuid[], :booking_ids::uuid[], :property_ids::uuid[], :agent_ids::uuid[], :former_ids::uuid[],
            :slot_ids::uuid[], :applicant_ids::uuid[])
    WITH ORDINALITY AS asked (organization_id, booking_id, property_id, agent_id, former_id, slot_id, applicant_id, number)
LEFT JOIN bookings b ON b.organization_id = asked.organization_id AND b.id = asked.booking_id
LEFT JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
LEFT JOIN applicants a ON a.organization_id = b.organization_id AND a.id = b.applicant_id
LEFT JOIN agents m ON m.organization_id = asked.organization_id AND m.id = asked.agent_id
LEFT JOIN agents former ON former.organization_id = asked.organization_id AND former.id = asked.former_id
LEFT JOIN properties home ON home.organization_id = asked.organization_id AND home.id = asked.property_id
LEFT JOIN organizations agency ON agency.organization_id = asked.organization_id
{plans n=asked}
ORDER BY asked.number

-- name: add
-- What is planned already stays as it is; and a channel tells nothing of what happened before it was configured.
INSERT INTO notices (organization_id, id, cause, kind, recipient, recipient_id, channel, booking_id, sequence, slot_id,
                     property_id, agent_id, endpoint_id, actor_role, before_start, start_time, end_time, moved_from,
                     happened_at, due_at, not_after, held)
SELECT given.organization_id, given.id, given.cause, given.kind, given.recipient, given.recipient_id, given.channel,
       given.booking_id, given.sequence, given.slot_id, given.property_id, given.agent_id, given.endpoint_id,
       given.actor_role, given.before_start, given.start_time, given.end_time, given.moved_from, given.happened_at,
       given.due_at, given.not_after, given.held
FROM unnest(:organization_id::uuid[], :id::uuid[], :cause::text[], :kind::text[], :recipient::text[],
            :recipient_id::uuid[], :channel::text[], :booking_id::uuid[], :sequence::integer[], :slot_id::uuid[],
            :property_id::uuid[], :agent_id::uuid[], :endpoint_id::uuid[], :actor_role::text[], :before_start::interval[],
            :start_time::timestamptz[], :end_time::timestamptz[], :moved_from::timestamptz[], :happened_at::timestamptz[],
            :due_at::timestamptz[], :not_after::timestamptz[], :held::boolean[])
    AS given (organization_id, id, cause, kind, recipient, recipient_id, channel, booking_id, sequence, slot_id,
              property_id, agent_id, endpoint_id, actor_role, before_start, start_time, end_time, moved_from,
              happened_at, due_at, not_after, held)
WHERE NOT EXISTS (SELECT FROM notice_channels c WHERE c.channel = given.channel AND c.since > given.happened_at)
ORDER BY given.organization_id, given.id
ON CONFLICT DO NOTHING
RETURNING id

-- name: replan
-- Notices that have not been tried, where they are planned for another time now, or were not at all for a while.
WITH planned AS (
    SELECT n.organization_id, n.id, given.due_at, given.not_after
    FROM unnest(:organization_ids::uuid[], :ids::uuid[], :due_at::timestamptz[], :not_after::timestamptz[])
        AS given (organization_id, id, due_at, not_after)
    JOIN notices n ON n.organization_id = given.organization_id AND n.id = given.id
    WHERE n.attempts = 0 AND (n.state = 'queued' AND n.due_at > booking_now() OR n.state = 'obsolete' AND n.reason = 'plan')
      AND (n.state, n.due_at, n.not_after, n.held) IS DISTINCT FROM ('queued', given.due_at, given.not_after, n.kind = 'unanswered')
    ORDER BY n.organization_id, n.id
    FOR NO KEY UPDATE OF n)
UPDATE notices n
SET due_at = planned.due_at, not_after = planned.not_after, state = 'queued', reason = NULL, ended_at = NULL,
    held = n.kind = 'unanswered'
FROM planned WHERE n.organization_id = planned.organization_id AND n.id = planned.id

-- name: end
-- End what waits to be sent of these bookings, and is not so any more.
WITH ended AS (
    SELECT n.organization_id, n.id
    FROM unnest(:organization_ids::uuid[], :booking_ids::uuid[]) AS asked (organization_id, booking_id)
    JOIN notices n ON n.organization_id = asked.organization_id AND n.booking_id = asked.booking_id
    LEFT JOIN bookings b ON b.organization_id = n.organization_id AND b.id = n.booking_id
    WHERE {waits} AND {in_its_state} IS NOT true
    ORDER BY n.organization_id, n.id
    FOR NO KEY UPDATE OF n)
UPDATE notices n SET state = 'obsolete', reason = 'changed', ended_at = booking_now()
FROM ended WHERE n.organization_id = ended.organization_id AND n.id = ended.id

-- name: of_booking
-- The newest ones, the first to be due first.
SELECT * FROM (
    SELECT n.id, n.kind, n.recipient, n.channel, n.sequence, n.state, n.reason, n.attempts, n.due_at, n.attempted_at,
           n.ended_at, n.created_at
    FROM notices n WHERE n.organization_id = :organization_id::uuid AND n.booking_id = :booking_id::uuid
    ORDER BY n.due_at DESC, n.id DESC LIMIT :most::integer) newest
ORDER BY due_at, id
