-- The rows of the bench, by number: row n belongs to organization n % 5, and nobody's slots overlap. The number of slots
-- to book is in the setting bench.slots.
CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (kind || '-0000-4000-8000-' || lpad(to_hex(number), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.home(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT pg_temp.id('90000000', number % 5) $$;

INSERT INTO agents (organization_id, id, subject, provisioned_role)
SELECT pg_temp.home(n), pg_temp.id('a0000000', n), 'agent-' || n, 'member' FROM generate_series(0, 2005) n;

INSERT INTO applicants (organization_id, id, external_id, user_id, name, email, risk_level, screened_at)
SELECT pg_temp.home(n), pg_temp.id('b0000000', n), pg_temp.id('be000000', n), pg_temp.id('cb000000', n)::text,
       'Person ' || n, 'person' || n || '@bench.test', 'LOW', now()
FROM generate_series(0, 999) n;

-- To be booked: agent n % 1000, property n % 5000, the (n / 1000)th half hour.
INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
SELECT pg_temp.home(n), pg_temp.id('d0000000', n), pg_temp.id('f0000000', n % 5000), pg_temp.id('a0000000', n % 1000),
       date_trunc('hour', now()) + interval '24 hours' + n / 1000 * interval '30 minutes',
       date_trunc('hour', now()) + interval '24 hours' + (n / 1000 + 1) * interval '30 minutes', 'available'
FROM generate_series(0, current_setting('bench.slots')::bigint - 1) n;

-- To be looked at, and never booked: a thousand properties with twenty each.
INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
SELECT pg_temp.home(n), pg_temp.id('d1000000', n), pg_temp.id('e0000000', n % 1000),
       pg_temp.id('a0000000', 1000 + n % 1000),
       date_trunc('hour', now()) + interval '24 hours' + n / 1000 * interval '30 minutes',
       date_trunc('hour', now()) + interval '24 hours' + (n / 1000 + 1) * interval '30 minutes', 'available'
FROM generate_series(0, 19999) n;

-- A property with two thousand, for pages far into a list.
INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
SELECT pg_temp.home(0), pg_temp.id('d3000000', n), pg_temp.id('e1000000', 0), pg_temp.id('a0000000', 2005),
       date_trunc('hour', now()) + interval '24 hours' + n * interval '30 minutes',
       date_trunc('hour', now()) + interval '24 hours' + (n + 1) * interval '30 minutes', 'available'
FROM generate_series(0, 1999) n;

-- Booked already, before all others: whoever has it has nothing else at that time.
INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
SELECT pg_temp.home(0), pg_temp.id('d2000000', 0), pg_temp.id('f2000000', 0), pg_temp.id('a0000000', 2000),
       date_trunc('hour', now()) + interval '23 hours', date_trunc('hour', now()) + interval '24 hours', 'booked';
INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time, end_time)
SELECT organization_id, pg_temp.id('c2000000', 0), id, pg_temp.id('b0000000', 0), 'confirmed', '', 1, 1, start_time, end_time
FROM slots WHERE id = pg_temp.id('d2000000', 0);
