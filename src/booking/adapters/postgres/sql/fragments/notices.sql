-- Rules of notices: n is a notice, b its booking, s its slot, usual the organization's plan, own the property's, a the applicant,
-- c what they have said of their phone and channels.

-- fragment: offsets
coalesce(own.offsets, usual.offsets, {default_offsets})

-- fragment: channels
coalesce(own.channels, usual.channels, {default_channels})

-- fragment: release_before
CASE WHEN usual.may_release IS false OR own.may_release IS false THEN NULL
     WHEN own.releases IS NULL THEN usual.release_before ELSE own.release_before END

-- fragment: trust_sent
CASE WHEN own.releases IS NULL THEN usual.trust_sent ELSE own.trust_sent END

-- fragment: plan
-- The organization's plan (usual), overridden by the property's (own), field by field. Read with plans.plan_of.
{offsets} AS offsets, {channels} AS channels, coalesce(usual.channels, {default_channels}) AS agency_channels,
usual.quiet_since AS agency_quiet_since, usual.quiet_until AS agency_quiet_until,
CASE WHEN own.quiet IS NULL THEN usual.quiet_since ELSE own.quiet_since END AS quiet_since,
CASE WHEN own.quiet IS NULL THEN usual.quiet_until ELSE own.quiet_until END AS quiet_until,
{release_before} AS release_before,
{trust_sent} AS trust_sent

-- fragment: plans
-- n: whatever has an organization and, if any, a property.
LEFT JOIN notice_plans usual ON usual.organization_id = n.organization_id AND usual.property_id IS NULL
LEFT JOIN notice_plans own ON own.organization_id = n.organization_id AND own.property_id = n.property_id

-- fragment: visit
b.organization_id, b.id AS booking_id, b.sequence, b.status, b.deadline, b.applicant_id, a.erased_at IS NOT NULL AS erased,
s.id AS slot_id, s.property_id, s.agent_id, s.start_time, s.end_time,
(SELECT array_agg(day.start_time)
 FROM slots day
 WHERE day.organization_id = s.organization_id AND day.agent_id = s.agent_id
   AND day.start_time BETWEEN s.start_time - interval '1 day 1 hour' AND s.start_time AND {is_visited}) AS day_starts

-- fragment: is_visited
-- Somebody comes to a slot: day is it.
EXISTS (SELECT FROM bookings b WHERE b.organization_id = day.organization_id AND b.slot_id = day.id
        AND b.status = 'confirmed' OFFSET 0)

-- fragment: visits
-- Confirmed visits, if any, of a slot: day is it. OFFSET 0, here and above, keeps the planner from looking by a part of the
-- condition, through all bookings of the organization.
LEFT JOIN LATERAL (SELECT * FROM bookings b WHERE b.organization_id = day.organization_id AND b.slot_id = day.id
                   AND b.status = 'confirmed' OFFSET 0) b ON true

-- fragment: being_sent
-- n.state = 'sending', by the column that goes with it. Why: by the state, a planner that knows nothing of the table would go
-- through the index of all that is to be sent, reminders of months among it.
n.under_way_until IS NOT NULL

-- fragment: waits
-- n.state = 'queued', likewise.
(n.ended_at IS NULL AND n.under_way_until IS NULL)

-- fragment: unconfirmed
-- Booking.unconfirmed, of a confirmed one.
(b.may_release AND b.attendance_confirmed_at IS NULL)

-- fragment: in_its_state
-- A booking's own notices are sent in these of its states, and of nothing that has moved. An agent whom the visit has left
-- (Notice.left) hears so whatever it came to, unless it is theirs again.
(CASE WHEN n.kind = 'moved' AND n.recipient = 'agent' AND n.recipient_id <> n.agent_id THEN EXISTS (
          SELECT FROM slots now
          WHERE now.organization_id = b.organization_id AND now.id = b.slot_id AND now.agent_id <> n.recipient_id)
      ELSE b.sequence = n.sequence AND (n.kind, b.status) IN ({wanted_states}) AND {running}
           AND (n.kind <> 'unanswered' OR {unconfirmed}) END)

-- fragment: applicant_address
-- Nothing goes to a phone before it is proved.
CASE WHEN n.channel = 'email' THEN a.email WHEN c.phone = c.proved_phone THEN c.phone END

-- fragment: unsubscribed
-- The recipient does not want this kind of notice, which the visit does not need.
EXISTS (SELECT FROM unsubscriptions u
        WHERE u.organization_id = n.organization_id AND u.recipient_id = n.recipient_id AND u.channel = n.channel
          AND (n.kind, u.notice_group) IN ({notice_groups}))
