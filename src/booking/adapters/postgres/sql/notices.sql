-- Notices: how they are planned, and how they go out. n is a notice, b its booking, s its slot, home its property, agency its
-- organization, host the profile of the visit's agent, a the applicant, m the recipient where that is an agent. Planning and
-- sending go over all organizations: they are the service's own, and nobody's request runs them.

-- fragment: offsets
coalesce(own.offsets, usual.offsets, {default_offsets})

-- fragment: channels
coalesce(own.channels, usual.channels, {default_channels})

-- fragment: release_before
CASE WHEN usual.may_release IS false OR own.may_release IS false THEN NULL
     WHEN own.releases IS NULL THEN usual.release_before ELSE own.release_before END

-- fragment: trust_sent
CASE WHEN own.releases IS NULL THEN usual.trust_sent ELSE own.trust_sent END

-- fragment: unconfirmed
-- Booking.unconfirmed, of a confirmed one.
(b.may_release AND b.attendance_confirmed_at IS NULL)

-- fragment: plan
-- The organization's plan (usual), overridden by the property's (own), field by field. Read with plans.plan_of.
{offsets} AS offsets, {channels} AS channels, coalesce(usual.channels, {default_channels}) AS agency_channels,
CASE WHEN own.quiet IS NULL THEN usual.quiet_since ELSE own.quiet_since END AS quiet_since,
CASE WHEN own.quiet IS NULL THEN usual.quiet_until ELSE own.quiet_until END AS quiet_until,
{release_before} AS release_before,
{trust_sent} AS trust_sent

-- fragment: plans
-- n: whatever has an organization and, if any, a property.
LEFT JOIN notice_plans usual ON usual.organization_id = n.organization_id AND usual.property_id IS NULL
LEFT JOIN notice_plans own ON own.organization_id = n.organization_id AND own.property_id = n.property_id

-- fragment: in_its_state
-- A booking's own notices are sent in these of its states, and of nothing that has moved. An agent whom the visit has left
-- (Notice.left) hears so whatever it came to, unless it is theirs again.
(CASE WHEN n.kind = 'moved' AND n.recipient = 'agent' AND n.recipient_id <> n.agent_id THEN EXISTS (
          SELECT FROM slots now
          WHERE now.organization_id = b.organization_id AND now.id = b.slot_id AND now.agent_id <> n.recipient_id)
      ELSE b.sequence = n.sequence AND (n.kind, b.status) IN ({wanted_states}) AND {running}
           AND (n.kind <> 'unanswered' OR {unconfirmed}) END)

-- fragment: applies
-- What the notice tells of is still so.
(CASE WHEN n.booking_id IS NOT NULL THEN {in_its_state}
      WHEN n.kind = 'slots_withdrawn' THEN s.cancelled_at IS NOT NULL
      WHEN n.kind = 'agent_day' THEN EXISTS (
          SELECT FROM slots day JOIN bookings b ON b.organization_id = day.organization_id AND b.slot_id = day.id
          WHERE day.organization_id = n.organization_id AND day.agent_id = n.agent_id
            AND day.start_time >= n.start_time AND day.start_time < n.end_time AND b.status = 'confirmed')
      WHEN n.kind = 'webhook_failing' THEN hook.failing_since IS NOT NULL AND hook.disabled_at IS NULL
      WHEN n.kind = 'webhook_disabled' THEN hook.disabled_at IS NOT NULL END) IS true

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

-- fragment: visit
b.organization_id, b.id AS booking_id, b.sequence, b.status, b.deadline, b.applicant_id, a.erased_at IS NOT NULL AS erased,
s.id AS slot_id, s.property_id, s.agent_id, s.start_time, s.end_time

-- name: situations
-- Bookings, and zones, of events that are asked about by their numbers.
SELECT asked.number, booking_now() AS at, {visit}, m.subject, former.subject AS former_subject,
       coalesce(home.time_zone, agency.time_zone, 'UTC') AS zone, coalesce(agency.time_zone, 'UTC') AS agency_zone,
       {plan}
FROM unnest(:organization_ids::uuid[], :booking_ids::uuid[], :property_ids::uuid[], :agent_ids::uuid[], :former_ids::uuid[])
    WITH ORDINALITY AS asked (organization_id, booking_id, property_id, agent_id, former_id, number)
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
-- What is planned already stays as it is.
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
ORDER BY given.organization_id, given.id
ON CONFLICT DO NOTHING
RETURNING id

-- name: of_booking
-- The newest ones, the first to be due first.
SELECT * FROM (
    SELECT n.id, n.kind, n.recipient, n.channel, n.sequence, n.state, n.reason, n.attempts, n.due_at, n.attempted_at,
           n.ended_at, n.created_at
    FROM notices n WHERE n.organization_id = :organization_id::uuid AND n.booking_id = :booking_id::uuid
    ORDER BY n.due_at DESC, n.id DESC LIMIT :most::integer) newest
ORDER BY due_at, id

-- name: end
-- End what waits to be sent of these bookings, and is not so any more.
WITH ended AS (
    SELECT n.organization_id, n.id
    FROM unnest(:organization_ids::uuid[], :booking_ids::uuid[]) AS asked (organization_id, booking_id)
    JOIN notices n ON n.organization_id = asked.organization_id AND n.booking_id = asked.booking_id
    LEFT JOIN bookings b ON b.organization_id = n.organization_id AND b.id = n.booking_id
    WHERE n.state = 'queued' AND {in_its_state} IS NOT true
    ORDER BY n.organization_id, n.id
    FOR NO KEY UPDATE OF n)
UPDATE notices n SET state = 'obsolete', reason = 'changed', ended_at = booking_now()
FROM ended WHERE n.organization_id = ended.organization_id AND n.id = ended.id

-- name: replan
-- Notices that have not been tried, where they are planned for another time now, or were not at all for a while.
WITH planned AS (
    SELECT n.organization_id, n.id, given.due_at, given.not_after
    FROM unnest(:organization_ids::uuid[], :ids::uuid[], :due_at::timestamptz[], :not_after::timestamptz[])
        AS given (organization_id, id, due_at, not_after)
    JOIN notices n ON n.organization_id = given.organization_id AND n.id = given.id
    WHERE n.attempts = 0 AND (n.state = 'queued' AND n.due_at > booking_now() OR n.state = 'obsolete' AND n.reason = 'plan')
    ORDER BY n.organization_id, n.id
    FOR NO KEY UPDATE OF n)
UPDATE notices n
SET due_at = planned.due_at, not_after = planned.not_after, state = 'queued', reason = NULL, ended_at = NULL,
    held = n.kind = 'unanswered'
FROM planned WHERE n.organization_id = planned.organization_id AND n.id = planned.id

-- name: unplan
-- End reminders of these bookings that wait for their time, and are not among those which are planned now.
WITH ended AS (
    SELECT n.organization_id, n.id
    FROM unnest(:organization_ids::uuid[], :booking_ids::uuid[]) AS asked (organization_id, booking_id)
    JOIN notices n ON n.organization_id = asked.organization_id AND n.booking_id = asked.booking_id
    WHERE n.state = 'queued' AND n.before_start IS NOT NULL AND n.due_at > booking_now() AND n.id <> ALL (:planned::uuid[])
    ORDER BY n.organization_id, n.id
    FOR NO KEY UPDATE OF n)
UPDATE notices n SET state = 'obsolete', reason = 'plan', ended_at = booking_now()
FROM ended WHERE n.organization_id = ended.organization_id AND n.id = ended.id

-- name: waiting
-- Notices of events that wait for the end of quiet hours, and the plans of their properties.
SELECT n.organization_id, n.id, n.start_time, coalesce(home.time_zone, :agency_zone::text) AS zone, {plan}
FROM notices n
LEFT JOIN properties home ON home.organization_id = n.organization_id AND home.id = n.property_id
{plans}
WHERE n.organization_id = :organization_id::uuid AND n.state = 'queued' AND n.attempts = 0 AND n.due_at > booking_now()
  AND n.kind = ANY (:kinds::text[])

-- name: sweep
-- An organization whose coming visits are to be gone through, with its zone.
SELECT w.organization_id, w.after_start, w.after_id, coalesce(agency.time_zone, 'UTC') AS agency_zone, booking_now() AS at
FROM notice_sweeps w LEFT JOIN organizations agency ON agency.organization_id = w.organization_id
LIMIT 1
FOR UPDATE OF w SKIP LOCKED

-- name: coming
-- Slots that come after one, with their confirmed visits.
SELECT {visit}, swept.start_time AS swept_start, swept.id AS swept_id,
       coalesce(home.time_zone, :agency_zone::text) AS zone, {plan}
FROM (SELECT s.* FROM slots s
      WHERE s.organization_id = :organization_id::uuid AND s.start_time > booking_now()
        AND (s.start_time, s.id) > (:after_start::timestamptz, :after_id::uuid)
      ORDER BY s.start_time, s.id LIMIT :most::integer) swept
LEFT JOIN bookings b ON b.organization_id = swept.organization_id AND b.slot_id = swept.id AND b.status = 'confirmed'
LEFT JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
LEFT JOIN applicants a ON a.organization_id = b.organization_id AND a.id = b.applicant_id
LEFT JOIN properties home ON home.organization_id = swept.organization_id AND home.id = swept.property_id
{plans n=swept}
ORDER BY swept.start_time, swept.id

-- name: swept
UPDATE notice_sweeps w SET after_start = :after_start::timestamptz, after_id = :after_id::uuid
WHERE w.organization_id = :organization_id::uuid

-- name: sweep_again
-- A plan has changed: go through the visits that come, from the beginning.
INSERT INTO notice_sweeps (organization_id, after_start, after_id)
VALUES (:organization_id::uuid, booking_now(), '00000000-0000-0000-0000-000000000000')
ON CONFLICT (organization_id) DO UPDATE SET after_start = excluded.after_start, after_id = excluded.after_id

-- name: end_sweep
DELETE FROM notice_sweeps w WHERE w.organization_id = :organization_id::uuid

-- fragment: applicant_address
-- Nothing goes to a phone before it is proved.
CASE WHEN n.channel = 'email' THEN a.email WHEN c.phone = c.proved_phone THEN c.phone END

-- fragment: unsubscribed
-- The recipient does not want this kind of notice, which the visit does not need.
EXISTS (SELECT FROM unsubscriptions u
        WHERE u.organization_id = n.organization_id AND u.recipient_id = n.recipient_id AND u.channel = n.channel
          AND (n.kind, u.notice_group) IN ({notice_groups}))

-- fragment: asks
-- What becomes of a notice that is due, asked for the last time: the state, and the reason.
CASE WHEN n.state = 'sending' AND n.channel <> 'email' THEN ARRAY['unknown', 'no_outcome']
     WHEN n.not_after <= booking_now() THEN ARRAY['obsolete', 'late']
     WHEN NOT {applies} THEN ARRAY['obsolete', 'changed']
     WHEN n.channel <> ALL (:configured::text[]) OR n.channel <> ALL ({channels}) THEN ARRAY['obsolete', 'plan']
     WHEN n.kind = 'unanswered' AND n.before_start IS DISTINCT FROM {release_before} THEN ARRAY['obsolete', 'plan']
     WHEN n.kind = 'reminder' AND n.before_start <> ALL ({offsets}) THEN ARRAY['obsolete', 'plan']
     WHEN person.address IS NULL AND n.channel <> 'email' THEN ARRAY['suppressed', 'phone_not_proved']
     WHEN person.address IS NULL THEN ARRAY['failed', 'no_address']
     WHEN person.channels IS NOT NULL AND n.channel <> ALL (person.channels) THEN ARRAY['suppressed', 'no_consent']
     WHEN {unsubscribed} THEN ARRAY['suppressed', 'unsubscribed']
     WHEN EXISTS (SELECT FROM suppressions x
                  WHERE x.organization_id = n.organization_id AND x.channel = n.channel
                    AND x.address = address_hash(n.organization_id, person.address)) THEN ARRAY['suppressed', 'address']
     ELSE ARRAY['sending', NULL] END

-- name: take
-- Notices that are due, and what becomes of each: those that are still wanted are being sent from here on, and all that may
-- be said in them is read at the same instant.
WITH due AS (
    SELECT n.* FROM unnest(:all_channels::text[], :room::integer[]) AS free (channel, room)
    CROSS JOIN LATERAL (
        SELECT n.* FROM notices n
        WHERE n.channel = free.channel AND n.state IN ('queued', 'sending') AND n.due_at <= booking_now() AND NOT n.held
          AND (n.under_way_until > clock_timestamp()) IS NOT true
        ORDER BY n.due_at LIMIT free.room
        FOR NO KEY UPDATE SKIP LOCKED) n),
asked AS MATERIALIZED (  -- each is asked once
    SELECT n.organization_id, n.id, {asks} AS verdict,
           person.address, person.name AS to_name, person.locale, person.free,
           agency.name AS agency_name, agency.locale AS agency_locale, agency.phone AS agency_phone,
           agency.website AS agency_website, agency.colour AS agency_colour, agency.logo_url AS agency_logo_url,
           coalesce(agency.reply_to, agency.email) AS agency_reply_to,
           coalesce(agency.time_zone, 'UTC') AS agency_zone,
           home.label, home.area, home.address AS place_address, home.directions, home.meeting_point,
           coalesce(home.time_zone, agency.time_zone, 'UTC') AS zone,
           host.name AS agent_name, host.phone AS agent_phone, visitor.name AS applicant_name, visitor.erased_at AS visitor_erased_at,
           {eligible a=visitor} AS may_act, b.attendance_confirmed_at IS NOT NULL AS coming,
           b.status, b.reason AS booking_reason, b.deadline,
           -- the question goes with a reminder: while there is time to answer, and no answer, where people can give it
           CASE WHEN n.kind = 'reminder' AND n.channel = ANY (:asking::text[]) AND {unconfirmed} AND n.start_time - {release_before} > booking_now()
                THEN n.start_time - {release_before} END AS answer_by,
           hook.target AS endpoint_url, hook.failing_since,
           (SELECT array_agg(ARRAY[t.language, t.subject, t.heading, t.body]) FROM notice_templates t
            WHERE t.organization_id = n.organization_id AND t.kind = n.kind AND t.recipient = n.recipient
              AND t.body IS NOT NULL) AS texts
    FROM due n
    {plans}
    LEFT JOIN bookings b ON b.organization_id = n.organization_id AND b.id = n.booking_id
    LEFT JOIN slots s ON s.organization_id = n.organization_id AND s.id = n.slot_id
    LEFT JOIN subscriptions hook ON hook.organization_id = n.organization_id AND hook.id = n.endpoint_id
    LEFT JOIN organizations agency ON agency.organization_id = n.organization_id
    LEFT JOIN properties home ON home.organization_id = n.organization_id AND home.id = n.property_id
    LEFT JOIN profiles host ON host.organization_id = n.organization_id AND host.agent_id = n.agent_id
    LEFT JOIN applicants visitor ON visitor.organization_id = b.organization_id AND visitor.id = b.applicant_id
    LEFT JOIN LATERAL (
        SELECT {applicant_address} AS address,
               a.name, c.locale, c.channels, n.channel = 'whatsapp' AND c.wrote_at > booking_now() - :free_for::interval AS free
        FROM applicants a
        LEFT JOIN contacts c ON c.organization_id = a.organization_id AND c.applicant_id = a.id
        WHERE n.recipient = 'applicant' AND a.organization_id = n.organization_id AND a.id = n.recipient_id
          AND a.erased_at IS NULL
        UNION ALL
        SELECT CASE WHEN n.channel = 'email' THEN p.email END, p.name, p.locale, NULL::text[], false
        FROM agents m JOIN profiles p ON p.organization_id = m.organization_id AND p.agent_id = m.id
        WHERE n.recipient = 'agent' AND m.organization_id = n.organization_id AND m.id = n.recipient_id
          AND m.erased_at IS NULL AND m.shut_out_at IS NULL
          AND (m.claimed_role IS NOT NULL OR m.provisioned_role IS NOT NULL)
        UNION ALL
        SELECT CASE WHEN n.channel = 'email' THEN o.email END, o.name, o.locale, NULL::text[], false
        FROM organizations o
        WHERE n.recipient = 'organization' AND o.organization_id = n.organization_id) person ON true)
UPDATE notices n
SET state = asked.verdict[1], reason = asked.verdict[2],
    attempts = n.attempts + (asked.verdict[1] = 'sending')::integer,
    answer_by = CASE WHEN asked.verdict[1] = 'sending' THEN asked.answer_by ELSE n.answer_by END,
    attempted_at = CASE WHEN asked.verdict[1] = 'sending' THEN booking_now() ELSE n.attempted_at END,
    under_way_until = CASE WHEN asked.verdict[1] = 'sending' THEN clock_timestamp() + :lease::interval END,
    ended_at = CASE WHEN asked.verdict[1] = 'sending' THEN NULL ELSE booking_now() END
FROM asked WHERE n.organization_id = asked.organization_id AND n.id = asked.id
RETURNING n.organization_id, n.id, n.kind, n.recipient, n.recipient_id, n.agent_id, n.channel, n.actor_role, n.booking_id,
    n.sequence, n.start_time, n.end_time, n.moved_from, n.happened_at, n.answer_by, n.attempts, n.state, booking_now() AS at, asked.address, asked.to_name, asked.locale, asked.free, asked.agency_name,
    asked.agency_locale, asked.agency_phone, asked.agency_website, asked.agency_colour, asked.agency_logo_url,
    asked.agency_reply_to, asked.agency_zone, asked.label, asked.area, asked.place_address, asked.directions, asked.meeting_point, asked.zone, asked.agent_name,
    asked.agent_phone, asked.applicant_name, asked.visitor_erased_at, asked.may_act, asked.coming, asked.status, asked.booking_reason, asked.deadline,
    asked.endpoint_url, asked.failing_since, asked.texts

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

-- name: listed
-- Confirmed visits of agents on their days, and slots that were withdrawn together, for notices that list them.
SELECT n.id AS notice_id, s.start_time, s.end_time, home.label, home.area, home.address AS place_address,
       coalesce(home.time_zone, agency.time_zone, 'UTC') AS zone, visitor.name AS applicant_name
FROM unnest(:organization_ids::uuid[], :ids::uuid[]) AS asked (organization_id, id)
JOIN notices n ON n.organization_id = asked.organization_id AND n.id = asked.id
JOIN slots listed ON listed.organization_id = n.organization_id AND listed.agent_id = n.agent_id
    AND CASE WHEN n.kind = 'agent_day' THEN listed.start_time >= n.start_time AND listed.start_time < n.end_time
             ELSE listed.property_id = n.property_id AND listed.cancelled_at = n.happened_at END
JOIN slots s ON s.organization_id = listed.organization_id AND s.id = listed.id
LEFT JOIN bookings b ON b.organization_id = s.organization_id AND b.slot_id = s.id AND b.status = 'confirmed'
LEFT JOIN applicants visitor ON visitor.organization_id = b.organization_id AND visitor.id = b.applicant_id
LEFT JOIN properties home ON home.organization_id = s.organization_id AND home.id = s.property_id
LEFT JOIN organizations agency ON agency.organization_id = s.organization_id
WHERE n.kind <> 'agent_day' OR b.id IS NOT NULL
ORDER BY n.id, s.start_time, s.id

-- name: note
-- The outcome of an attempt, unless it is another attempt's by now, or the notice is no more. Sent again later, if that is in
-- time, where a pause is given.
UPDATE notices n
SET state = CASE WHEN done.pause IS NULL THEN done.state
                 WHEN booking_now() + done.pause < n.not_after THEN 'queued' ELSE 'failed' END,
    reason = done.reason, provider_id = coalesce(done.provider_id, n.provider_id), under_way_until = NULL,
    due_at = CASE WHEN booking_now() + done.pause < n.not_after THEN booking_now() + done.pause ELSE n.due_at END,
    ended_at = CASE WHEN booking_now() + done.pause < n.not_after THEN NULL ELSE booking_now() END
FROM unnest(:organization_ids::uuid[], :ids::uuid[], :attempts::smallint[], :states::text[], :reasons::text[],
            :provider_ids::text[], :pauses::interval[])
    AS done (organization_id, id, attempts, state, reason, provider_id, pause)
WHERE n.organization_id = done.organization_id AND n.id = done.id AND n.state = 'sending' AND n.attempts = done.attempts
RETURNING n.organization_id, n.id, n.kind, n.channel, n.state

-- name: suppress
-- An address that was refused, unless its person has been erased since, and the notice with them.
INSERT INTO suppressions (organization_id, channel, address, reason)
SELECT refused.organization_id, refused.channel, address_hash(refused.organization_id, refused.address), refused.reason
FROM unnest(:organization_ids::uuid[], :ids::uuid[], :channels::text[], :addresses::text[], :reasons::text[])
    AS refused (organization_id, id, channel, address, reason)
JOIN notices n ON n.organization_id = refused.organization_id AND n.id = refused.id
ON CONFLICT DO NOTHING

-- name: oldest
SELECT coalesce(extract(epoch FROM booking_now() - min(n.due_at)), 0)::float AS seconds
FROM notices n WHERE n.state IN ('queued', 'sending') AND n.due_at <= booking_now()

-- name: forget
DELETE FROM notices n
WHERE (n.organization_id, n.id) IN (
    SELECT old.organization_id, old.id FROM notices old
    WHERE old.ended_at <= booking_now() - :kept::interval LIMIT :most::integer)
  AND EXISTS (SELECT FROM leases l WHERE l.name = :lease::text AND l.token = :token::bigint FOR SHARE)
