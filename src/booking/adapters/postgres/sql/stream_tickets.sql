-- name: put
INSERT INTO stream_tickets (hash, subject, organization_id, role, issued_at, token_expires_at, after, types, expires_at)
VALUES (:hash::bytea, :subject::text, :organization_id::uuid, :role::text, :issued_at::timestamptz,
        :token_expires_at::timestamptz, :after::text, :types::text[], booking_now() + :lasting::interval)
RETURNING expires_at

-- name: take
-- Once: of two readers with one ticket, the second finds none.
DELETE FROM stream_tickets t WHERE t.hash = :hash::bytea
RETURNING t.subject, t.organization_id, t.role, t.issued_at, t.token_expires_at, t.after, t.types,
          t.expires_at > booking_now() AS holds
