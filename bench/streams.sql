-- Organizations 0 to 499 whose dashboards listen: an admin, an agent with a hundred slots, and four applicants each.
CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (kind || '-0000-4000-8000-' || lpad(to_hex(number), 12, '0'))::uuid $$;

INSERT INTO agents (organization_id, id, subject, provisioned_role)
SELECT pg_temp.id('91000000', n), pg_temp.id('a1000000', n), 'listening-agent-' || n, 'member'
FROM generate_series(0, 499) n
UNION ALL
SELECT pg_temp.id('91000000', n), pg_temp.id('a2000000', n), 'listening-admin-' || n, 'admin'
FROM generate_series(0, 499) n;

INSERT INTO applicants (organization_id, id, external_id, user_id, name, email, risk_level, screened_at)
SELECT pg_temp.id('91000000', n / 4), pg_temp.id('b1000000', n), pg_temp.id('be100000', n), 'listening-person-' || n,
       'Person ' || n, 'listener' || n || '@bench.test', 'LOW', now()
FROM generate_series(0, 1999) n;

-- Slot n is the (n / 500)th of organization n % 500.
INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
SELECT pg_temp.id('91000000', n % 500), pg_temp.id('d4000000', n), pg_temp.id('f4000000', n % 500),
       pg_temp.id('a1000000', n % 500),
       date_trunc('hour', now()) + interval '24 hours' + n / 500 * interval '30 minutes',
       date_trunc('hour', now()) + interval '24 hours' + (n / 500 + 1) * interval '30 minutes', 'available'
FROM generate_series(0, 49999) n;
