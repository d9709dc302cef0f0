-- name: details
SELECT asked.number, h.address, h.directions, h.meeting_point, h.access_note, host.phone
FROM unnest(:organization_id::uuid[], :property_id::uuid[], :agent_id::uuid[]) WITH ORDINALITY
    AS asked (organization_id, property_id, agent_id, number)
LEFT JOIN properties h ON h.organization_id = asked.organization_id AND h.id = asked.property_id
LEFT JOIN profiles host ON host.organization_id = asked.organization_id AND host.agent_id = asked.agent_id
