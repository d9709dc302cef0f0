-- name: secret
SELECT f.secret FROM feed f

-- name: views
-- The organizations in view, and as whom the reader is there still; with the oldest and the newest position that is kept.
SELECT f.epoch, asked.organization_id, agent.id AS agent_id, agent.role = 'admin' AS admin, p.id AS applicant_id,
       coalesce(oldest.position, coalesce(o.last, 0) + 1) AS first, coalesce(o.last, 0) AS last
FROM feed f LEFT JOIN (unnest(:organization_ids::uuid[]) WITH ORDINALITY AS asked (organization_id, number)
LEFT JOIN LATERAL (
    SELECT a.id, CASE WHEN :claimed::boolean THEN a.claimed_role ELSE a.provisioned_role END AS role FROM agents a
    WHERE a.organization_id = asked.organization_id AND a.id = :agent_id::uuid AND a.shut_out_at IS NULL
) agent ON agent.role IN ('member', 'admin')
LEFT JOIN applicants p ON p.organization_id = asked.organization_id AND p.user_id = :subject::text
LEFT JOIN organization_positions o ON o.organization_id = asked.organization_id
LEFT JOIN LATERAL (
    SELECT e.organization_position AS position FROM events e
    WHERE e.organization_id = asked.organization_id AND e.organization_position IS NOT NULL
    ORDER BY e.organization_position LIMIT 1
) oldest ON true) ON agent.id IS NOT NULL OR p.id IS NOT NULL
ORDER BY asked.number

-- name: standings
-- As whom many readers are in their organizations still: one statement for all streams of a process.
SELECT f.epoch, asked.number, asked.organization_id, agent.id AS agent_id, agent.role = 'admin' AS admin,
       p.id AS applicant_id
FROM feed f LEFT JOIN (unnest(:numbers::integer[], :organization_ids::uuid[], :claims::boolean[], :agent_ids::uuid[],
                              :subjects::text[]) AS asked (number, organization_id, claimed, agent_id, subject)
LEFT JOIN LATERAL (
    SELECT a.id, CASE WHEN asked.claimed THEN a.claimed_role ELSE a.provisioned_role END AS role FROM agents a
    WHERE a.organization_id = asked.organization_id AND a.id = asked.agent_id AND a.shut_out_at IS NULL
) agent ON agent.role IN ('member', 'admin')
LEFT JOIN applicants p ON p.organization_id = asked.organization_id AND p.user_id = asked.subject
) ON agent.id IS NOT NULL OR p.id IS NOT NULL

-- name: page
-- The events of these stretches that their reader hears: by name, or as a change of places. A stretch is read by its index,
-- and has a bound, before any order: to be read in the order of all, it would be looked for among all events.
SELECT {event}, e.organization_position, heard.by_name, heard.as_places
FROM unnest(:organization_ids::uuid[], :agent_ids::uuid[], :admins::boolean[], :applicant_ids::uuid[], :afters::bigint[],
            :uptos::bigint[]) AS view (organization_id, agent_id, admin, applicant_id, after, upto)
CROSS JOIN LATERAL (
    SELECT * FROM events e
    WHERE e.organization_id = view.organization_id AND e.organization_position > view.after
    ORDER BY e.organization_position
    LIMIT view.upto - view.after) e
CROSS JOIN LATERAL (
    SELECT (view.admin OR e.agent_id = view.agent_id OR e.from_agent_id = view.agent_id
            OR e.applicant_id = view.applicant_id) IS true
           AND (cardinality(:types::text[]) = 0 OR e.type = ANY (:types)) AS by_name,
           view.applicant_id IS NOT NULL AND e.slot_id IS NOT NULL AND e.type = ANY (:about_places::text[])
           AND :places_wanted::boolean AS as_places) heard
WHERE heard.by_name OR heard.as_places
ORDER BY e.position
LIMIT :most::integer

-- name: moved
-- Where something happened since the last look, in one statement a process.
SELECT p.last, ARRAY(SELECT DISTINCT e.organization_id FROM events e
                     WHERE e.position > coalesce(:seen::bigint, p.last) AND e.position <= p.last) AS organization_ids
FROM positions p
