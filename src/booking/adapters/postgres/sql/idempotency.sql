-- name: keep
-- Claim keys by their rows. Those that are there already are left as they are, and missing in what comes back; one that
-- was kept for long enough is as good as none.
INSERT INTO answers AS kept (
    organization_id, subject, route, key, fingerprint, value_fingerprint, status, headers, body, created_at)
SELECT asked.organization_id, asked.subject, asked.route, asked.key, asked.fingerprint, asked.value_fingerprint,
    asked.status, asked.headers::jsonb, asked.body, booking_now()
FROM unnest(
    :organization_ids::uuid[], :subjects::text[], :routes::text[], :keys::text[], :fingerprints::bytea[],
    :value_fingerprints::bytea[], :statuses::int2[], :headers::text[], :bodies::bytea[]
) WITH ORDINALITY AS asked (
    organization_id, subject, route, key, fingerprint, value_fingerprint, status, headers, body, number)
ORDER BY asked.number
ON CONFLICT (organization_id, subject, route, key) DO UPDATE SET
    fingerprint = EXCLUDED.fingerprint, value_fingerprint = EXCLUDED.value_fingerprint, status = EXCLUDED.status,
    headers = EXCLUDED.headers, body = EXCLUDED.body, created_at = EXCLUDED.created_at
WHERE kept.created_at <= EXCLUDED.created_at - :kept_for::interval
RETURNING kept.organization_id, kept.subject, kept.route, kept.key

-- name: kept_before
-- What a person was told under a key, whichever of the organizations in their view keeps it.
SELECT fingerprint, value_fingerprint, status, headers, body
FROM answers
WHERE organization_id = ANY (:organization_ids::uuid[]) AND subject = :subject AND route = :route AND key = :key
    AND created_at > booking_now() - :kept_for::interval

-- name: room
-- How much is kept for a person, up to the most that may be, and since when.
SELECT count(*) AS kept, min(theirs.created_at) AS oldest, booking_now() AS now
FROM (
    SELECT created_at FROM answers
    WHERE organization_id = ANY (:organization_ids::uuid[]) AND subject = :subject
        AND created_at > booking_now() - :kept_for::interval
    LIMIT :most
) AS theirs
