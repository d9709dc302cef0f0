-- Before a run of holds: none is there, and each person may have a hundred.
DELETE FROM bookings WHERE status = 'held';
INSERT INTO policies (organization_id, version, max_live_holds)
SELECT ('90000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, 100 FROM generate_series(0, 4) n
ON CONFLICT DO NOTHING;
