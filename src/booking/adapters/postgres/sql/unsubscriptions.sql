-- Unsubscriptions: u is one, a its applicant, m its agent, agency the organization.

-- name: subscriber
-- A person in their role, with their language and whether they are unsubscribed.
SELECT coalesce(c.locale, p.locale) AS locale, u.recipient_id IS NOT NULL AS unsubscribed, agency.name AS agency_name,
       agency.locale AS agency_locale, coalesce(agency.time_zone, 'UTC') AS agency_zone, agency.colour AS agency_colour,
       agency.phone AS agency_phone, agency.website AS agency_website
FROM (SELECT :organization_id::uuid AS organization_id, :recipient::text AS recipient, :recipient_id::uuid AS id,
             :channel::text AS channel, :notice_group::text AS notice_group) asked
LEFT JOIN applicants a ON asked.recipient = 'applicant' AND a.organization_id = asked.organization_id AND a.id = asked.id
    AND a.erased_at IS NULL
LEFT JOIN contacts c ON c.organization_id = a.organization_id AND c.applicant_id = a.id
LEFT JOIN agents m ON asked.recipient = 'agent' AND m.organization_id = asked.organization_id AND m.id = asked.id
    AND m.erased_at IS NULL
LEFT JOIN profiles p ON p.organization_id = m.organization_id AND p.agent_id = m.id
LEFT JOIN organizations agency ON agency.organization_id = asked.organization_id
LEFT JOIN unsubscriptions u ON u.organization_id = asked.organization_id AND u.recipient_id = asked.id
    AND u.channel = asked.channel AND u.notice_group = asked.notice_group
WHERE a.id IS NOT NULL OR m.id IS NOT NULL

-- name: of_applicant
-- The applicant is locked, so that one who is erased meanwhile leaves nothing behind.
WITH person AS (
    SELECT a.organization_id, a.id FROM applicants a
    WHERE a.organization_id = :organization_id::uuid AND a.id = :recipient_id::uuid AND a.erased_at IS NULL
    FOR SHARE)
INSERT INTO unsubscriptions (organization_id, recipient_id, channel, notice_group)
SELECT person.organization_id, person.id, :channel::text, :notice_group::text FROM person
ON CONFLICT DO NOTHING

-- name: of_agent
WITH person AS (
    SELECT m.organization_id, m.id FROM agents m
    WHERE m.organization_id = :organization_id::uuid AND m.id = :recipient_id::uuid AND m.erased_at IS NULL
    FOR SHARE)
INSERT INTO unsubscriptions (organization_id, recipient_id, channel, notice_group)
SELECT person.organization_id, person.id, :channel::text, :notice_group::text FROM person
ON CONFLICT DO NOTHING

-- name: remove
DELETE FROM unsubscriptions u
WHERE u.organization_id = :organization_id::uuid AND u.recipient_id = :recipient_id::uuid AND u.channel = :channel::text
  AND u.notice_group = :notice_group::text

-- name: forget
-- All of an erased person.
DELETE FROM unsubscriptions u WHERE u.organization_id = :organization_id::uuid AND u.recipient_id = :recipient_id::uuid
