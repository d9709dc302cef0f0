-- Rules, columns and joins that several statements share. Each stands here and nowhere else.
-- In all of them s is the slot, b a booking, w an entry in a waitlist, a the applicant.

-- fragment: person
-- An applicant's columns, under names that stay apart in a join. Read with people.applicant_from.
a.id AS person_id, a.organization_id AS person_organization_id, a.external_id AS person_external_id,
a.user_id AS person_user_id, a.name AS person_name, a.email AS person_email, a.risk_level AS person_risk_level,
a.screened_at AS person_screened_at, a.erased_at AS person_erased_at

-- fragment: folded_email
-- As domain/applicant.folded, in the words of the index.
lower(a.email COLLATE "C")

-- fragment: nobody
-- The columns of `person` where a row of a UNION is about no applicant.
NULL::uuid AS person_id, NULL::uuid AS person_organization_id, NULL::uuid AS person_external_id,
NULL::text AS person_user_id, NULL::text AS person_name, NULL::text AS person_email, NULL::text AS person_risk_level,
NULL::timestamptz AS person_screened_at, NULL::timestamptz AS person_erased_at

-- fragment: linkable
-- Whether the login `asked` (subject, email) may be linked to an applicant: the same when looked for and when written.
a.user_id IS NULL AND a.erased_at IS NULL AND {folded_email} = asked.email
-- the release before knows no other login that was taken than this
AND a.unlinked_from IS DISTINCT FROM asked.subject
AND NOT EXISTS (
    SELECT FROM former_logins f
    WHERE f.organization_id = a.organization_id AND f.applicant_id = a.id AND f.subject = asked.subject)

-- From here on s is a subscription, d a delivery, e an event.

-- fragment: of_the_system
-- A subscription of the system's own, which has no organization and hears of all.
(s.organization_id = '00000000-0000-0000-0000-000000000000')

-- fragment: of_subscription
-- A delivery to a subscription, which is not dead.
d.subscription_organization_id = s.organization_id AND d.subscription_id = s.id AND d.died_at IS NULL

-- fragment: first_in_line
-- No earlier delivery of its booking, or else of what it is about, is to be made to its subscriber.
NOT EXISTS (
    SELECT FROM deliveries earlier
    WHERE earlier.organization_id = d.organization_id AND earlier.line = d.line
      AND earlier.subscription_organization_id = d.subscription_organization_id
      AND earlier.subscription_id = d.subscription_id
      AND earlier.position < d.position AND earlier.died_at IS NULL)

-- fragment: event
-- An event's columns. Read with events.recorded_from.
e.organization_id, e.id, e.type, e.actor_subject, e.actor_role, e.request_id, e.slot_id, e.booking_id, e.applicant_id,
e.agent_id, e.property_id, e.from_state, e.to_state, e.start_time, e.end_time, e.from_slot_id, e.from_property_id,
e.from_agent_id, e.from_start_time, e.from_end_time, e.occurred_at, e.position
