-- name: of_slots
-- Names beside slots, by whose they are, whether or not there is a row of any.
SELECT asked.number, {names}
FROM unnest(:organization_id::uuid[], :property_id::uuid[], :agent_id::uuid[]) WITH ORDINALITY
    AS asked (organization_id, property_id, agent_id, number)
{places s=asked} {hosts s=asked}

-- name: count_change
-- Pages that show agents' names are cached by this count. The first change counts: a page may have been cached before.
INSERT INTO organizations (organization_id, people_version) VALUES (:organization_id, 1)
ON CONFLICT (organization_id) DO UPDATE SET people_version = organizations.people_version + 1

-- name: of_applicants
SELECT asked.number, {person}
FROM unnest(:organization_id::uuid[], :id::uuid[]) WITH ORDINALITY AS asked (organization_id, id, number)
JOIN applicants a ON a.organization_id = asked.organization_id AND a.id = asked.id
