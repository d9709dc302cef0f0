-- Open slots of properties, whether or not a place is left, and how many of them each day has.

-- fragment: left
-- Availability.places_left of a slot that is open.
s.capacity - (claims.booked + claims.reserved) - CASE WHEN {can_be_offered} THEN queue.waiting ELSE 0 END

-- name: page
-- Each property by the index, no more than fit on the page; then the first of all.
SELECT found.*
FROM unnest(:organization_ids::uuid[], :property_ids::uuid[]) AS place (organization_id, property_id)
JOIN LATERAL (
    SELECT {availability} FROM slots s {counted} {terms}
    WHERE s.organization_id = place.organization_id AND s.property_id = place.property_id AND {in_time}
      AND s.start_time >= coalesce(:since::timestamptz, booking_now())
      AND s.start_time < coalesce(:until::timestamptz, coalesce(:since, booking_now()) + :usual_time::interval)
      AND (s.start_time, s.id) > (:after_start, :after_id)  -- if after_id
      AND ({left} > 0
      OR claims.booked >= s.capacity  -- if full
      OR claims.booked < s.capacity AND {left} <= 0  -- if held
      )
    ORDER BY s.start_time, s.id
    LIMIT :most
) found ON true
ORDER BY found.start_time, found.id
LIMIT :most

-- name: days
SELECT asked.number, found.*
FROM unnest(:organization_id::uuid[], :property_id::uuid[], :since::timestamptz[], :until::timestamptz[]) WITH ORDINALITY
    AS asked (organization_id, property_id, since, until, number)
{policies s=asked}
JOIN LATERAL (
    SELECT count(*) FILTER (WHERE places_left > 0) AS free_slots,
           count(*) FILTER (WHERE booked >= capacity AND places_left <= 0) AS full_slots,
           count(*) FILTER (WHERE booked < capacity AND places_left <= 0) AS held_slots,
           min(start_time) FILTER (WHERE places_left > 0) AS first_free,
           max(start_time) FILTER (WHERE places_left > 0) AS last_free
    FROM (SELECT s.start_time, s.capacity, claims.booked, {left} AS places_left
          FROM slots s {counted}
          WHERE s.organization_id = asked.organization_id AND s.property_id = asked.property_id
            AND s.start_time >= asked.since AND s.start_time < asked.until AND {in_time}) slots
) found ON true
WHERE found.free_slots + found.full_slots + found.held_slots > 0
ORDER BY asked.number
