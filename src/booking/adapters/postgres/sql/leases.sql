-- Leases of jobs that one process of all does at a time. They go by clock_timestamp(), which no test clock moves.

-- name: enter
INSERT INTO leases (name, token, leased_until) VALUES (:name, 0, '-infinity') ON CONFLICT (name) DO NOTHING

-- name: take
-- Take a lease that is over, or renew the own one, whose token stays.
UPDATE leases SET token = token + CASE WHEN token = :mine::bigint THEN 0 ELSE 1 END,
                  leased_until = clock_timestamp() + :lasting::interval
WHERE name = :name AND (leased_until <= clock_timestamp() OR token = :mine::bigint)
RETURNING token

-- name: give_back
UPDATE leases SET leased_until = clock_timestamp() WHERE name = :name AND token = :token
