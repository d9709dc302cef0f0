-- Notices as they go out. n is a notice, b its booking, s its slot, home its property, agency its organization, host the profile
-- of the visit's agent, a the applicant, m the recipient where that is an agent. These go over all organizations: they are the
-- service's own, and nobody's request runs them.

-- fragment: clashes
-- Times to come that something is in the way of: slots that the agent's calendar met when it was read, or slots that the
-- agent's schedules skipped in those minutes.
SELECT met.property_id, met.start_time, met.end_time
FROM blocks k
JOIN slots met ON met.organization_id = k.organization_id AND met.agent_id = k.agent_id AND met.cancelled_at IS NULL
    AND met.start_time > k.start_time - {longest} AND met.start_time < k.end_time AND met.end_time > k.start_time
WHERE n.kind = 'calendar_conflict' AND k.organization_id = n.organization_id AND k.agent_id = n.recipient_id
  AND k.of_calendar AND k.created_at = n.happened_at AND met.start_time > booking_now()
UNION
SELECT h.property_id, o.start_time, o.end_time
FROM schedules h
JOIN schedule_occurrences o ON o.organization_id = h.organization_id AND o.schedule_id = h.id
    AND o.occurrence > (booking_now() AT TIME ZONE 'UTC') - interval '1 day'
WHERE n.kind = 'slots_skipped' AND h.organization_id = n.organization_id AND h.agent_id = n.recipient_id AND h.ended_at IS NULL
  AND o.state = 'skipped' AND o.reason <> 'schedule_changed' AND o.start_time > booking_now()
  AND o.created_at >= n.happened_at - {skipped_together} AND o.created_at < n.happened_at

-- fragment: applies
-- What the notice tells of is still so.
(CASE WHEN n.booking_id IS NOT NULL THEN {in_its_state}
      WHEN n.kind IN ('slots_withdrawn', 'waitlist_closed') THEN s.cancelled_at IS NOT NULL
      WHEN n.kind = 'agent_day' THEN EXISTS (
          SELECT FROM slots day
          WHERE day.organization_id = n.organization_id AND day.agent_id = n.agent_id
            AND day.start_time >= n.start_time AND day.start_time < n.end_time AND day.start_time > booking_now()
            AND {is_visited})
      WHEN n.kind = 'place_freed' THEN EXISTS (
          SELECT FROM (VALUES (1)) here {counted} {policies}
          JOIN watches v ON v.organization_id = n.organization_id AND v.property_id = n.property_id
              AND v.applicant_id = n.recipient_id
          WHERE {is_public} AND s.start_time >= v.since AND s.start_time < v.until AND NOT {has_claim}
            AND (n.created_at > v.dismissed_at) IS NOT false)
      WHEN n.kind IN ('calendar_conflict', 'slots_skipped') THEN EXISTS ({clashes})
      WHEN n.kind = 'calendar_unreadable' THEN own_calendar.given_up_at IS NOT NULL
      WHEN n.kind = 'webhook_failing' THEN hook.failing_since IS NOT NULL AND hook.disabled_at IS NULL
      WHEN n.kind = 'webhook_disabled' THEN hook.disabled_at IS NOT NULL END) IS true

-- fragment: is_job
-- Job j ends, step by step, the slots that the notice tells of.
j.organization_id = n.organization_id AND n.cause = concat_ws(':', 'withdrawn', n.property_id, 'job', j.id)

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
          AND NOT (n.kind = 'slots_withdrawn' AND EXISTS (SELECT FROM jobs j WHERE j.ended_at IS NULL AND {is_job}))
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
           host.name AS agent_name, host.phone AS agent_phone, b.party_size, visitor.name AS applicant_name, visitor.erased_at AS visitor_erased_at,
           {eligible a=visitor} AS may_act, b.attendance_confirmed_at IS NOT NULL AS coming,
           b.status, b.reason AS booking_reason, b.deadline,
           -- the question goes with a reminder: while there is time to answer, and no answer, where people can give it
           CASE WHEN n.kind = 'reminder' AND n.channel = ANY (:asking::text[]) AND {unconfirmed} AND n.start_time - {release_before} > booking_now()
                THEN n.start_time - {release_before} END AS answer_by,
           hook.target AS endpoint_url, coalesce(hook.failing_since, own_calendar.failing_since) AS failing_since,
           (SELECT array_agg(ARRAY[t.language, t.subject, t.heading, t.body]) FROM notice_templates t
            WHERE t.organization_id = n.organization_id AND t.kind = n.kind AND t.recipient = n.recipient
              AND t.body IS NOT NULL) AS texts
    FROM due n
    {plans}
    LEFT JOIN bookings b ON b.organization_id = n.organization_id AND b.id = n.booking_id
    LEFT JOIN slots s ON s.organization_id = n.organization_id AND s.id = n.slot_id
    LEFT JOIN subscriptions hook ON hook.organization_id = n.organization_id AND hook.id = n.endpoint_id
    LEFT JOIN agent_calendars own_calendar ON n.kind = 'calendar_unreadable'
        AND own_calendar.organization_id = n.organization_id AND own_calendar.agent_id = n.recipient_id
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
    asked.agent_phone, asked.applicant_name, asked.party_size, asked.visitor_erased_at, asked.may_act, asked.coming, asked.status, asked.booking_reason, asked.deadline,
    asked.endpoint_url, asked.failing_since, asked.texts

-- name: listed
-- Confirmed visits of agents on their days, and slots that were withdrawn together, for notices that list them.
SELECT n.id AS notice_id, s.start_time, s.end_time, home.label, home.area, home.address AS place_address,
       coalesce(home.time_zone, agency.time_zone, 'UTC') AS zone, b.party_size, visitor.name AS applicant_name
FROM unnest(:organization_ids::uuid[], :ids::uuid[]) AS asked (organization_id, id)
JOIN notices n ON n.organization_id = asked.organization_id AND n.id = asked.id
LEFT JOIN jobs j ON n.kind = 'slots_withdrawn' AND {is_job}
JOIN slots listed ON listed.organization_id = n.organization_id AND listed.agent_id = n.agent_id
    AND CASE WHEN n.kind = 'agent_day' THEN listed.start_time >= n.start_time AND listed.start_time < n.end_time
             ELSE listed.property_id = n.property_id
                 AND listed.cancelled_at BETWEEN n.happened_at AND coalesce(j.ended_at, n.happened_at) END
JOIN slots s ON s.organization_id = listed.organization_id AND s.id = listed.id
{visits day=s}
LEFT JOIN applicants visitor ON visitor.organization_id = b.organization_id AND visitor.id = b.applicant_id
LEFT JOIN properties home ON home.organization_id = s.organization_id AND home.id = s.property_id
LEFT JOIN organizations agency ON agency.organization_id = s.organization_id
WHERE n.kind <> 'agent_day' OR b.id IS NOT NULL
ORDER BY n.id, s.start_time, s.id

-- name: clashing
-- Times that something is in the way of, for notices that list them.
SELECT n.id AS notice_id, clash.start_time, clash.end_time, home.label, home.area, home.address AS place_address,
       coalesce(home.time_zone, agency.time_zone, 'UTC') AS zone, NULL::smallint AS party_size, NULL::text AS applicant_name
FROM unnest(:organization_ids::uuid[], :ids::uuid[]) AS asked (organization_id, id)
JOIN notices n ON n.organization_id = asked.organization_id AND n.id = asked.id
CROSS JOIN LATERAL ({clashes}) clash
LEFT JOIN properties home ON home.organization_id = n.organization_id AND home.id = clash.property_id
LEFT JOIN organizations agency ON agency.organization_id = n.organization_id
ORDER BY n.id, clash.start_time, clash.property_id

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
WHERE n.organization_id = done.organization_id AND n.id = done.id AND {being_sent} AND n.attempts = done.attempts
RETURNING n.organization_id, n.id, n.kind, n.channel, n.state

-- name: suppress
-- An address that was refused, unless its person has been erased since, or is being erased, and the notice with them.
WITH sent AS (
    SELECT n.organization_id, n.id FROM notices n
    JOIN unnest(:organization_ids::uuid[], :ids::uuid[]) AS given (organization_id, id)
        ON n.organization_id = given.organization_id AND n.id = given.id
    ORDER BY n.organization_id, n.id
    FOR NO KEY UPDATE OF n)
INSERT INTO suppressions (organization_id, channel, address, reason)
SELECT refused.organization_id, refused.channel, address_hash(refused.organization_id, refused.address), refused.reason
FROM unnest(:organization_ids::uuid[], :ids::uuid[], :channels::text[], :addresses::text[], :reasons::text[])
    AS refused (organization_id, id, channel, address, reason)
JOIN sent ON sent.organization_id = refused.organization_id AND sent.id = refused.id
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
