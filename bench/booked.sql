-- Bookings of the slots to book from bench.first on, before bench.until: booking n of slot n by person n % 1000.
INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time, end_time)
SELECT s.organization_id, ('c0000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, s.id,
       ('b0000000-0000-4000-8000-' || lpad(to_hex(n % 1000), 12, '0'))::uuid,
       'confirmed', '', 1, s.capacity, s.start_time, s.end_time
FROM generate_series(current_setting('bench.first')::int, current_setting('bench.until')::int - 1) n
JOIN slots s ON s.organization_id = ('90000000-0000-4000-8000-' || lpad(to_hex(n % 5), 12, '0'))::uuid
            AND s.id = ('d0000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;

UPDATE slots s SET status = 'booked'
FROM generate_series(current_setting('bench.first')::int, current_setting('bench.until')::int - 1) n
WHERE s.organization_id = ('90000000-0000-4000-8000-' || lpad(to_hex(n % 5), 12, '0'))::uuid
  AND s.id = ('d0000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
