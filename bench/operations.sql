-- For a caller who goes through all operations, bench.turns times: visits of person 0 that were (c4000000-…, outcomes), and
-- bookings of person 5 that wait for approval (c5000000-…: the even ones to approve, the odd ones to decline).
DELETE FROM bookings WHERE status = 'held';  -- what runs of holds have left, and their rules
DELETE FROM policies;

INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
SELECT '90000000-0000-4000-8000-000000000000', ('d' || kind || '000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('f' || kind || '000000-0000-4000-8000-000000000000')::uuid, 'a0000000-0000-4000-8000-0000000007d5',
       start_time, start_time + interval '10 minutes', 'booked'
FROM generate_series(0, 2 * current_setting('bench.turns')::int - 1) n,
     LATERAL (VALUES (4, now() - interval '1 hour' - n * interval '15 minutes'),
                     (5, now() + interval '3000 days' + n * interval '15 minutes')) AS s (kind, start_time);

INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, deadline, notes, place, capacity, start_time, end_time)
SELECT s.organization_id, ('c' || right(s.id::text, 35))::uuid, s.id,
       CASE WHEN s.start_time < now() THEN 'b0000000-0000-4000-8000-000000000000'::uuid
            ELSE 'b0000000-0000-4000-8000-000000000005'::uuid END,
       CASE WHEN s.start_time < now() THEN 'confirmed' ELSE 'pending_approval' END,
       CASE WHEN s.start_time > now() THEN now() + interval '1 day' END, '', 1, 1, s.start_time, s.end_time
FROM slots s
WHERE s.organization_id = '90000000-0000-4000-8000-000000000000'
  AND s.property_id IN ('f4000000-0000-4000-8000-000000000000', 'f5000000-0000-4000-8000-000000000000');
