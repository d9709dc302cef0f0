-- What whoever looks sees: pages of what can be booked at properties, and single slots; many of each in one statement.
-- A page is asked for once, by `page`, whoever looks at it, each of whom is a `viewer`; `who` is somebody who looks.

-- fragment: pages
unnest(:organization_id::uuid[], :property_id::uuid[], :since::timestamptz[], :until::timestamptz[],
       :start::timestamptz[], :id::uuid[], :most::integer[]) WITH ORDINALITY
    AS page (organization_id, property_id, since, until, start, id, most, listing)
{policies s=page} {places s=page}

-- fragment: viewers
unnest(:viewer_listing::bigint[], :viewer_applicant_id::uuid[]) WITH ORDINALITY
    AS viewer (listing, applicant_id, number)

-- fragment: on_page
s.organization_id = page.organization_id AND s.property_id = page.property_id AND {is_open}
AND s.start_time >= page.since AND s.start_time < page.until AND (s.start_time, s.id) > (page.start, page.id)

-- fragment: version
-- A slot's row as it is: 16 bytes of its id, 4 of the transaction that wrote it. A lock is no change.
uuid_send(s.id) || xidsend(s.xmin)

-- fragment: people
-- Counts the changes of agents' names.
coalesce(agency.people_version, 0) AS people

-- fragment: open
-- The mark of a page: the versions of all that is open on it.
JOIN LATERAL (
    SELECT string_agg(version, ''::bytea) AS mark, min(start_time) AS since, max(end_time) AS until
    FROM (SELECT s.start_time, s.end_time, {version} AS version
          FROM slots s WHERE {on_page} ORDER BY s.start_time, s.id LIMIT page.most) slots
) open ON true

-- fragment: places_left
-- Availability.places_left, by what is `summed`.
s.capacity - coalesce(summed.taken, 0) - CASE WHEN {can_be_offered} THEN coalesce(summed.waiting, 0) ELSE 0 END

-- fragment: listed
-- What can be booked on a page, and its mark.
JOIN LATERAL (
    SELECT string_agg(version, ''::bytea) AS mark, min(start_time) AS since, max(end_time) AS until,
           array_agg(id) FILTER (WHERE waiting > 0) AS awaited, bool_or(unsettled > 0) AS unsettled,
           array_agg(id) AS id, array_agg(agent_id) AS agent_id, array_agg(agent_name) AS agent_name, array_agg(start_time) AS start_time,
           array_agg(end_time) AS end_time, array_agg(capacity) AS capacity, array_agg(places_left) AS places_left,
           array_agg(created_at) AS created_at, array_agg(updated_at) AS updated_at
    FROM (SELECT s.start_time, s.end_time, {version} AS version, s.id, s.agent_id, host.name AS agent_name, s.capacity, s.created_at,
                 {updated_at} AS updated_at, {places_left} AS places_left,
                 coalesce(summed.waiting, 0) AS waiting, coalesce(summed.unsettled, 0) AS unsettled
          FROM slots s {hosts} {summed}
          WHERE {on_page} AND {places_left} > 0
          ORDER BY s.start_time, s.id LIMIT page.most) slots
) listed ON true

-- name: listed
-- Pages that have slots, and the commitments of those who look at them. By columns: a page has too many values to read
-- each slot by itself. With a mark where that tells the page from any other: all that is open is listed, and nothing on
-- it changes by itself.
SELECT who.number, who.rules, who.label, who.area, who.time_zone, who.people, who.at, who.mark, who.awaited, who.id,
       who.agent_id, who.agent_name, who.start_time, who.end_time, who.capacity, who.places_left, who.created_at, who.updated_at, {commitments}
FROM (
    SELECT viewer.number, viewer.applicant_id, found.*
    FROM {viewers} JOIN (
        SELECT page.listing, page.organization_id, coalesce({from_ever}, listed.since) AS since,
               coalesce({for_ever}, listed.until) AS until, {rules}, {place_names}, {people}, booking_now() AS at,
               CASE WHEN listed.mark = open.mark AND NOT listed.unsettled THEN listed.mark END AS mark, listed.awaited,
               listed.id, listed.agent_id, listed.agent_name, listed.start_time, listed.end_time, listed.capacity, listed.places_left,
               listed.created_at, listed.updated_at
        FROM {pages} {listed} {open}
        WHERE listed.mark IS NOT NULL
        OFFSET 0) found ON found.listing = viewer.listing
) who
{committed}

-- fragment: marked
-- Who looks at pages, where the mark is all that there is to tell of the slots: nobody waits there, as the mark says.
SELECT viewer.number, viewer.applicant_id, found.organization_id, found.since, found.until, found.rules, found.label, found.area,
       found.time_zone, NULL::text AS agent_name, found.people, found.at, found.mark, false AS awaited, {no_slot}
FROM {viewers} JOIN (
    SELECT page.listing, page.organization_id, coalesce({from_ever}, open.since) AS since,
           coalesce({for_ever}, open.until) AS until, {rules}, {place_names}, {people}, booking_now() AS at,
           open.mark
    FROM {pages} {open}
    WHERE open.mark IS NOT NULL
    OFFSET 0) found ON found.listing = viewer.listing

-- fragment: no_slot
NULL::uuid AS id, NULL::uuid AS property_id, NULL::uuid AS agent_id, NULL::timestamptz AS start_time,
NULL::timestamptz AS end_time, NULL::text AS status, NULL::timestamptz AS cancelled_at, NULL::smallint AS capacity,
NULL::timestamptz AS busy_until, NULL::text AS reason, NULL::timestamptz AS created_at,
NULL::timestamptz AS updated_at, NULL::bigint AS booked, NULL::bigint AS reserved, NULL::bigint AS overdue,
NULL::uuid[] AS claimants, NULL::timestamptz AS frees_at, NULL::timestamptz AS freed_at, NULL::bigint AS waiting

-- fragment: seen
-- Who looks at a slot, and how it stands; awaited where entries count: somebody waits, or the person who looks could, as
-- it is full, and gave up an entry there of late.
SELECT -asked.number, asked.applicant_id, s.organization_id, coalesce({from_ever}, s.start_time),
       coalesce({for_ever}, s.end_time), {rules}, {names}, NULL::bigint, booking_now(), NULL::bytea,
       queue.waiting > 0 OR CASE WHEN s.capacity > claims.booked + claims.reserved THEN false ELSE EXISTS (
           SELECT FROM waitlist w
           WHERE w.organization_id = asked.organization_id AND w.applicant_id = asked.applicant_id
             AND w.slot_id = asked.id AND {given_up}) END,
       s.id, s.property_id, s.agent_id, s.start_time, s.end_time, s.status, s.cancelled_at, s.capacity, s.busy_until,
       s.reason, s.created_at, s.updated_at, {counts}
FROM unnest(:slot_organization_id::uuid[], :slot_id::uuid[], :slot_applicant_id::uuid[]) WITH ORDINALITY
    AS asked (organization_id, id, applicant_id, number)
JOIN slots s ON s.organization_id = asked.organization_id AND s.id = asked.id {counted} {terms}

-- fragment: as_seen
-- By the numbers of those who look: > 0 for a page, of which the mark is told, < 0 for a slot.
SELECT who.number, who.mark, who.awaited, {slot s=who}, {counts claims=who queue=who}, who.at, who.rules, who.label,
       who.area, who.time_zone, who.agent_name, who.people, {commitments}

-- fragment: who
who (number, applicant_id, organization_id, since, until, rules, label, area, time_zone, agent_name, people, at, mark,
     awaited, id, property_id, agent_id, start_time, end_time, status, cancelled_at, capacity, busy_until, reason, created_at, updated_at,
     booked, reserved, overdue, claimants, frees_at, freed_at, waiting)

-- name: marked
{as_seen} FROM ({marked}) {who} {committed}

-- name: seen
{as_seen} FROM ({seen}) {who} {committed}

-- name: marked_or_seen
{as_seen} FROM ({marked} UNION ALL {seen}) {who} {committed}
