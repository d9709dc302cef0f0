"""What is broken on purpose, one at a time, and which tests have to see it. The traps come first."""

from dataclasses import dataclass

SQL = "db/migrations/0002_places.sql"
AVAILABILITY, ROSTER, CHANGES = (
    f"src/booking/domain/{name}.py" for name in ("availability", "roster", "roster_changes")
)
BOOKING, APPLICANT = (f"src/booking/domain/{name}.py" for name in ("booking", "applicant"))
MAIL = "src/booking/adapters/mail"
PG, SERVICE, HTTP = "src/booking/adapters/postgres", "src/booking/service", "src/booking/entrypoints/http"
FRAGMENTS, LOCKED, LISTING = (f"{PG}/sql/{noun}.sql" for noun in ("fragments", "rosters", "listing"))
ORDER, SEALS = "db/migrations/0017_order.sql", "tests/postgres/test_seals.py"
HEARD, OUTBOX = "db/migrations/0020_subscriptions.sql", "src/booking/adapters/postgres/sql/outbox.sql"
BESIDE = "tests/postgres/test_subscriptions.py"
PRIVILEGES = "tests/postgres/test_privileges.py"
PLACES, KEPT = "tests/postgres/test_places.py", "tests/postgres/test_kept.py"
PLAIN, PLAINLY = f"{PG}/sql/bookings.sql", "tests/postgres/test_direct_booking.py"
ENDED, SCHEMA = "tests/postgres/test_ended.py", "tests/postgres/test_schema.py"
KEYS = "tests/postgres/test_keys.py"
SENDING = "tests/unit/test_webhook_notifier.py"
GUARD, OUTSIDE = "src/booking/adapters/outgoing", "tests/unit/test_outgoing.py"
RECEIVER_URL, URLS = "src/booking/domain/receiver_url.py", "tests/unit/test_receiver_urls.py"
NOTICE, NOTICE_RULES, NOTICE_TIMES = (
    f"src/booking/domain/{name}.py" for name in ("notice", "notice_rules", "notice_times")
)
NOTICES_SQL = f"{PG}/sql/notices.sql"
TOLD_BY, DUE = "tests/unit/test_notice_rules.py", "tests/unit/test_notice_times.py"
WORDS, SAID = "src/booking/adapters/words", "tests/unit/test_words.py"


@dataclass(frozen=True)
class Mutant:
    """`what` in words; `find` stands once at least in the file, and is replaced wherever it stands."""

    what: str
    file: str
    find: str
    instead: str
    tests: str


def contract(name: str, only: str = "") -> str:
    return f"tests/contract/test_{name}.py" + (f" -k {only}" if only else "")


MUTANTS = (
    # the database's own guarantees
    Mutant("a place may be claimed twice", SQL, "CREATE UNIQUE INDEX bookings_one_a_place", "CREATE INDEX b1", PLACES),
    Mutant("a person may claim twice", SQL, "CREATE UNIQUE INDEX bookings_one_a_person", "CREATE INDEX b2", PLACES),
    Mutant("a place beyond the capacity", SQL, "    ADD CHECK (place <= capacity),\n", "", PLACES),
    Mutant("a live claim without a place", SQL, "(place IS NOT NULL AND capacity IS NOT NULL)", "true", PLACES),
    Mutant(
        "a person in two places",
        "db/migrations/0012_during.sql",
        "(applicant_id WITH =, organization_id WITH =, during",
        "(id WITH =, organization_id WITH =, during",
        PLACES,
    ),
    Mutant(
        "a claim that is over of no slot",
        "db/migrations/0013_domains.sql",
        "CASE WHEN capacity IS NULL OR",
        "CASE WHEN false AND capacity IS NULL OR",
        PLACES,
    ),
    Mutant("the buffer does not count", SQL, "coalesce(busy_until, end_time)", "end_time", PLACES),
    Mutant(
        "a hold without a deadline",
        SQL,
        "(deadline IS NOT NULL) = (status IN",
        "true OR (deadline IS NOT NULL) = (status IN",
        PLACES,
    ),
    Mutant(
        "a property's slots overlap",
        "db/migrations/0001_booking.sql",
        "property_id WITH =, tstzrange",
        "id WITH =, tstzrange",
        contract("slots", "postgres"),
    ),
    Mutant(
        "one external id over all tenants",
        "db/migrations/0001_booking.sql",
        "UNIQUE (organization_id, external_id)",
        "UNIQUE (external_id)",
        "tests/postgres/test_schema.py tests/contract",
    ),
    # plain visits
    *(
        Mutant(what, PLAIN, condition, "true", PLAINLY)
        for what, condition in (
            ("a slot that is not open", "{is_open_as_written}"),
            ("a slot that somebody is on", "NOT EXISTS (SELECT 1 FROM bookings b WHERE {on_slot} OFFSET 0)"),
            ("a slot that somebody waits for", "NOT EXISTS (SELECT 1 FROM waitlist w WHERE {queued} OFFSET 0)"),
            ("a login that is not theirs any more", "a.user_id = asked.login"),
            ("a person who is screened out", "{eligible}"),
            ("what is over is not tidied", "a.id} OFFSET 0)"),
            (
                "a visit that has to be approved",
                "a.risk_level <> ALL (coalesce(p.approval_levels, o.approval_levels, ARRAY[]::text[]))",
            ),
            ("limits without a lock", "NOT {limited}"),
        )
    ),
    Mutant("a person who is elsewhere", PLAIN, "LIMIT 1) IS NOT true", "LIMIT 1) IS NOT NULL OR true", PLAINLY),
    Mutant("whoever waits for a lock keeps up others", PLAIN, " SKIP LOCKED", "", PLAINLY),
    Mutant(
        "a group visit fills its slot",
        PLAIN,
        "THEN 'booked' ELSE s.status END",
        "THEN 'booked' ELSE 'booked' END",
        PLAINLY,
    ),
    Mutant(
        "only the first visit before is looked at",
        PLAIN,
        "ORDER BY b.start_time DESC",
        "ORDER BY b.start_time",
        PLAINLY,
    ),
    Mutant("nobody locks what they book", PLAIN, "FOR NO KEY UPDATE OF s, a", "FOR NO KEY UPDATE OF a", PLAINLY),
    Mutant("nobody locks who books", PLAIN, "FOR NO KEY UPDATE OF s, a", "FOR NO KEY UPDATE OF s", PLAINLY),
    # locks, guards
    Mutant(
        "the roster is read without its lock",
        LOCKED,
        "FOR NO KEY UPDATE OF s\n",
        "",
        "tests/postgres/test_roster_lock.py",
    ),
    Mutant(
        "the person is not locked",
        LOCKED,
        "FOR NO KEY UPDATE OF s, a SKIP LOCKED",
        "FOR NO KEY UPDATE OF s SKIP LOCKED",
        "tests/postgres/test_two_processes.py",
    ),
    Mutant(
        "a claim's update names no state",
        "src/booking/adapters/postgres/rosters/writes.py",
        "        bookings.c.status == _changed.c.was_status,\n",
        "",
        "tests/postgres/test_guards.py",
    ),
    Mutant(
        "offers take no lock",
        f"{PG}/sql/slots.sql",
        "FOR NO KEY UPDATE",
        "",
        contract("policies", "larger"),
    ),
    Mutant(
        "two sequencers at once",
        HEARD,
        "SELECT * INTO head FROM positions FOR UPDATE SKIP LOCKED;",
        "SELECT * INTO head FROM positions;",
        "tests/contract/test_outbox.py",
    ),
    Mutant(
        "who saw what another one has placed since goes on from there",
        HEARD,
        "head.last = seen AND ",
        "",
        f"{SEALS} -k whatever_is_asked",
    ),
    Mutant(
        "a position counts others' events",
        HEARD,
        "PARTITION BY w.organization_id ORDER BY w.seq",
        "ORDER BY w.seq",
        contract("audit", "counts"),
    ),
    Mutant(
        "older events are numbered anew",
        HEARD,
        "numbered = head.numbered + CASE",
        "numbered = CASE",
        "tests/postgres/test_positions.py",
    ),
    *(
        Mutant(what, f"{PG}/{file}", find, instead, contract("leases", "postgres"))
        for what, file, find, instead in (
            ("a lease that is held is taken", "sql/leases.sql", "(leased_until <= clock_timestamp() OR", "(true OR"),
            (
                "a job's lease goes by a clock that a test moves",
                "sql/leases.sql",
                "(leased_until <= clock_timestamp() OR",
                "(leased_until <= booking_now() OR",
            ),
            ("each holder has the same token", "sql/leases.sql", "THEN 0 ELSE 1 END", "THEN 0 ELSE 0 END"),
            (
                "somebody gives back another's lease",
                "sql/leases.sql",
                "AND token = :token",
                "AND (true OR token = :token)",
            ),
            (
                "who was replaced forgets answers",
                "idempotency.py",
                "key.in_(over.limit(FORGET)), held(lease)",
                "key.in_(over.limit(FORGET))",
            ),
            (
                "who was replaced forgets budgets",
                "rate_limits.py",
                "key.in_(over.limit(FORGET)), held(lease)",
                "key.in_(over.limit(FORGET))",
            ),
            ("who was replaced seals", "audit.py", "held(lease) if lease else sa.true()", "sa.true()"),
        )
    ),
    Mutant(
        "a write names no token",
        f"{PG}/leases.py",
        ", leases.c.token == lease.token)",
        ")",
        "tests/chaos/test_short.py -k leases",
    ),
    Mutant(
        "a clock that a test moves gives a second budget",
        f"{PG}/rate_limits.py",
        "_now = sa.func.clock_timestamp(",
        "_now = sa.func.booking_now(",
        contract("budgets", "postgres"),
    ),
    Mutant(
        "a job of the cluster is every process's",
        "src/booking/entrypoints/jobs.py",
        "self._leases.take(self._job.name, self._job.lasting, self._lease)",
        "self._leases.take(self._job.name + str(id(self)), self._job.lasting, self._lease)",
        "tests/unit/test_workers.py",
    ),
    *(
        Mutant(f"a history: {what}", f"{PG}/sql/history.sql", find, instead, contract("history", "postgres"))
        for what, find, instead in (
            ("what has no position yet is not in it", "{of_booking} AND e.position IS NULL", "{of_booking} AND false"),
            ("a former agent sees what came after", "WHERE e.seen\n", "WHERE true\n"),
            ("a former agent does not see how it left them", " OR e.from_agent_id = :agent_id", ""),
            ("an agent of elsewhere sees it", "e.organization_id = :agency AND (e.agent_id", "true AND (e.agent_id"),
            ("a hold has one", " AND {made}", ""),
        )
    ),
    Mutant(
        "a query forgets whose rows they are",
        f"{PG}/sql/audit.sql",
        "WHERE e.organization_id = :administered",
        "WHERE coalesce(e.organization_id = :administered, true)",
        "tests/postgres/test_queries.py",
    ),
    Mutant(
        "a member reads what is an admin's",
        "src/booking/domain/caller.py",
        "return self.organization_id if self.admin else None",
        "return self.organization_id",
        "tests/postgres/test_queries.py",
    ),
    Mutant(
        "a partition has a position twice",
        "db/steps/0017_order.sql",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (position)",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (position)",
        "tests/postgres/test_positions.py",
    ),
    *(
        Mutant(what, HEARD, find, instead, f"{BESIDE} -k {tests}")
        for what, find, instead, tests in (
            (
                "the release before hands on what others shall hear",
                "IF EXISTS (SELECT FROM subscriptions",
                "IF false AND EXISTS (SELECT FROM subscriptions",
                "another_subscriber",
            ),
            (
                "the release before places while this one hands on",
                "log.leased_until < clock_timestamp() - interval '10 seconds'",
                "log.leased_until < clock_timestamp()",
                "stands_back",
            ),
            ("what the release before handed on is handed on again", "WHERE position < upto;", "WHERE false;", "alone"),
            (
                "a holder that the release before replaced has its say",
                "token = token + 1, leased_until = clock_timestamp();",
                "leased_until = clock_timestamp();",
                "left_behind",
            ),
            (
                "somebody hears of another organization",
                "ALTER TABLE deliveries ADD CHECK (subscription_organization_id IN",
                "ALTER TABLE deliveries ADD CHECK (true OR subscription_organization_id IN",
                "another_organization",
            ),
        )
    ),
    *(
        Mutant(what, file, find, instead, contract("outbox", tests))
        for what, file, find, instead, tests in (
            (
                "what is new does not wait for an earlier one of its booking",
                OUTBOX,
                "AND (d.subscription_id = e.subscription_id) IS true AND d.died_at IS NULL)",
                "AND false)",
                "postgres",
            ),
            (
                "what waits is told all the same",
                "src/booking/entrypoints/delivery_lines.py",
                " for key, line in self._lines.items() if not line[0].behind",
                " for key, line in self._lines.items()",
                "memory",
            ),
            (
                "a subscription that hangs keeps the others waiting",
                "src/booking/entrypoints/relay.py",
                "timeout=patience, return_when=until)",
                "timeout=None)",
                "whatever_becomes_of_another",
            ),
            (
                "a stale worker's word counts",
                OUTBOX,
                "AND s.token = :token::bigint",
                "AND (true OR s.token = :token::bigint)",
                "postgres",
            ),
            ("a lease keeps nobody off", OUTBOX, "s.leased_until <= clock_timestamp()", "true", "postgres"),
            (
                "a lease goes by a clock that a test moves",
                OUTBOX,
                "s.leased_until <= clock_timestamp()",
                "s.leased_until <= booking_now()",
                "postgres",
            ),
            (
                "the order of a booking is not kept",
                f"{PG}/sql/fragments.sql",
                "d.position = (\n    SELECT min(line.position)",
                "0 < (\n    SELECT min(line.position)",
                "postgres",
            ),
            (
                "a tenant hears of all",
                OUTBOX,
                "NOT {of_the_system} AND e.organization_id = s.organization_id",
                "NOT {of_the_system}",
                "own_organization",
            ),
            (
                "a filter filters nothing",
                OUTBOX,
                "s.event_types IS NULL OR",
                "true OR s.event_types IS NULL OR",
                "own_organization",
            ),
            (
                "a newer release's subscriber is taken",
                OUTBOX,
                "ON known.kind = s.kind",
                "ON true",
                "own_organization",
            ),
        )
    ),
    *(
        Mutant(what, file, find, instead, contract("slow_subscribers", tests))
        for what, file, find, instead, tests in (
            (
                "a call that hangs keeps its batch waiting",
                "src/booking/entrypoints/delivery_calls.py",
                "timeout=max(left, 0)",
                "timeout=None",
                "hangs_for_one_booking",
            ),
            (
                "a line goes on while its first event is under way",
                OUTBOX,
                "(d.subscription_id = e.subscription_id) IS true AND d.died_at IS NULL)",
                "(d.subscription_id = e.subscription_id) IS true AND d.under_way_until IS NULL)",
                "hangs_for_one_booking",
            ),
            (
                "what is under way is begun again",
                OUTBOX,
                "(d.under_way_until > clock_timestamp()) IS NOT TRUE",
                "true",
                "postgres",
            ),
            (
                "a call that hangs counts in its own process only",
                "src/booking/entrypoints/delivery_calls.py",
                "len(self.under_way) + elsewhere <",
                "len(self.under_way) <",
                "over_all_processes",
            ),
            (
                "a stale straggler's word counts",
                OUTBOX,
                "AND d.token = :token::bigint AND d.under_way_until IS NOT NULL",
                "AND (true OR d.token = :token::bigint)",
                "process_died",
            ),
            (
                "the cursor goes past what was not told",
                "src/booking/entrypoints/delivery_calls.py",
                "return upto, [one",
                "return self.batch.upto, [one",
                "slow_costs",
            ),
        )
    ),
    *(
        Mutant(what, file, find, instead, contract("failing_subscribers", tests))
        for what, file, find, instead, tests in (
            ("nobody rests", OUTBOX, "AND s.rests_until <= booking_now()", "", "single_events"),
            (
                "one that rested is asked with all",
                "src/booking/entrypoints/delivery_calls.py",
                "self._failures_before + self.failures >= BREAKS",
                "self.failures >= BREAKS",
                "single_events",
            ),
            (
                "one that fails rests as long as it has calls that fail",
                OUTBOX,
                "least(was.failures + :failures::integer, greatest(was.failures + 1, 5))",
                "was.failures + :failures::integer",
                "fail_at_once",
            ),
            (
                "an answer forgives nothing",
                OUTBOX,
                "CASE WHEN :answered::boolean THEN 0 ELSE s.failures END",
                "s.failures",
                "single_events",
            ),
            (
                "one that was disabled is told all the same",
                OUTBOX,
                "s.disabled_at IS NULL AND",
                "",
                "disabled",
            ),
        )
    ),
    *(
        Mutant(what, f"{PG}/sql/webhooks.sql", find, instead, contract("webhook_health", tests))
        for what, find, instead, tests in (
            (
                "an endpoint that was not asked since is said to fail for days",
                "OR NOT {to_be_asked}",
                "OR true",
                "nothing_was_sent",
            ),
            (
                "an endpoint that is asked seldom is told of, and disabled, days late",
                "OR NOT {to_be_asked}",
                "OR false",
                "asked_seldom",
            ),
            (
                "an endpoint that fails is told of again and again",
                "(w.warned_at < s.failing_since) IS NOT false",
                "(w.warned_at < s.failing_since) IS DISTINCT FROM true OR true",
                "dead_for_five_days",
            ),
            (
                "an endpoint that fails anew is not told of",
                "(w.warned_at < s.failing_since) IS NOT false",
                "w.warned_at IS NULL",
                "fails_for_days_anew",
            ),
            (
                "a holder of the job who was replaced disables endpoints",
                "l.name = :lease AND l.token = :token",
                "l.name = :lease AND l.token >= :token",
                "replaced",
            ),
        )
    ),
    Mutant(
        "a plan for an empty table is kept",
        f"{PG}/engine/plans.py",
        'await connection.execute("DISCARD PLANS")',
        "pass",
        "tests/postgres/test_plans.py",
    ),
    Mutant(
        "a used key undoes nothing",
        f"{PG}/idempotency.py",
        "        raise IdempotencyInProgress\n    transaction.then",
        "        return\n    transaction.then",
        KEYS,
    ),
    Mutant(
        "an answer that is old enough keeps its key",
        f"{PG}/sql/idempotency.sql",
        "WHERE kept.created_at <= EXCLUDED",
        "WHERE false AND kept.created_at <= EXCLUDED",
        KEYS,
    ),
    Mutant(
        "a refusal is kept over what was kept before",
        f"{PG}/idempotency.py",
        "if await self._keeping.ask((asked, given)) is None:",
        "if not await self._keeping.ask((asked, given)) and False:",
        contract("answers", "postgres"),
    ),
    *(
        Mutant(
            f"the answer to {what} is kept after it",
            file,
            find,
            instead,
            KEYS,
        )
        for what, file, find, instead in (
            (
                "a booking",
                f"{PG}/rosters/rosters.py",
                "        await keep(transaction, [(request.by, claimed) for request, claimed in booked.items()])\n",
                "",
            ),
            ("a change", f"{PG}/rosters/rosters.py", "            await keep(transaction, [(by, after[-1:])])\n", ""),
            ("an offer", f"{PG}/slots.py", "            await keep(transaction, [(by, ())])\n", ""),
            ("a policy", f"{PG}/policies.py", "            await keep(transaction, [(by, (kept,))])\n", ""),
        )
    ),
    Mutant(
        "a key is everybody's",
        f"{PG}/idempotency.py",
        "*asked.name,",
        '*asked.name[:1], "", *asked.name[2:],',
        contract("answers", "postgres"),
    ),
    Mutant(
        "a key under way is not known",
        f"{PG}/idempotency.py",
        "if name in self._under_way:",
        "if False:",
        contract("answers", "postgres"),
    ),
    Mutant(
        "a key with another request is answered",
        f"{PG}/idempotency.py",
        "if not asked.fits(row.fingerprint, row.value_fingerprint):",
        "if False:",
        contract("answers", "postgres"),
    ),
    Mutant(
        "a seal is not keyed",
        "src/booking/domain/audit.py",
        "hmac.new(secret, previous",
        "hmac.new(b'x', previous",
        contract("audit", "memory"),
    ),
    Mutant(
        "a seal does not cover the one before",
        "src/booking/domain/audit.py",
        "previous = before.digest if before else START",
        "previous = START",
        "tests/contract/test_audit.py",
    ),
    Mutant(
        "an actor is not sealed",
        "src/booking/domain/audit.py",
        "(happened.actor.subject, ",
        "(",
        "tests/postgres/test_seals.py",
    ),
    # the order of events and seals
    *(
        Mutant(what, ORDER, find, instead, tests)
        for what, find, instead, tests in (
            (
                "functions look where their caller says",
                "%s SET search_path = %I, pg_temp'",
                "%s SET search_path = %I'",
                f"{SEALS} -k schema",
            ),
            (
                "everybody may place",
                "REVOKE ALL ON FUNCTION %s FROM PUBLIC",
                "GRANT ALL ON FUNCTION %s TO PUBLIC",
                f"{PRIVILEGES} -k no_function",
            ),
            (
                "an event is inserted with a position",
                "'REVOKE UPDATE (position, relayed_at), INSERT ON events",
                "'REVOKE UPDATE (position, relayed_at) ON events",
                f"{SEALS} -k cannot_say",
            ),
            (
                "a position is written",
                "'REVOKE UPDATE (position, relayed_at), INSERT ON",
                "'REVOKE INSERT ON",
                f"{SEALS} -k cannot_say",
            ),
            (
                "an event says when it was",
                "'seq', 'occurred_at', 'position',",
                "'seq', 'position',",
                f"{SEALS} -k cannot_say",
            ),
            (
                "an applicant is brought back",
                "'REVOKE UPDATE ON agents, applicants, policies",
                "'REVOKE UPDATE ON agents, policies",
                f"{PRIVILEGES} -k every_right",
            ),
            ("a seal over what was not placed", " OR last_position > head.last", "", contract("audit", "not_the_next")),
            (
                "a seal that is not the next",
                "    IF (seal_number, first_position) IS DISTINCT FROM",
                "    IF false AND (seal_number, first_position) IS DISTINCT FROM",
                contract("audit", "not_the_next"),
            ),
        )
    ),
    *(
        Mutant(what, f"src/booking/{file}.py", find, instead, tests)
        for what, file, find, instead, tests in (
            (
                "an index that was left half built stays so",
                "adapters/postgres/steps",
                "is False:  # left half built",
                "is None:",
                "tests/postgres/test_positions.py -k half_built",
            ),
            (
                "what is left of a step is not told",
                "adapters/postgres/migrations",
                "fine=not left",
                "fine=True",
                "tests/postgres/test_steps.py -k status",
            ),
            (
                "a step is done once and not to its end",
                "adapters/postgres/migrations",
                "while await step.left(connection):",
                "if await step.left(connection):",
                "tests/postgres/test_positions.py -k batches",
            ),
            (
                "the sealer goes on past a gap",
                "service/audit",
                "audit.in_order(first, await",
                "(await",
                f"{SEALS} -k alarm",
            ),
            (
                "a position that two have is sealed",
                "domain/audit",
                "count - 1 if twice else count",
                "count",
                f"{SEALS} -k alarm",
            ),
            (
                "a double at the end of a page is overlooked",
                "service/audit",
                "[one for one in page if one.position < page[-1].position] or page",
                "page[:-1]",
                f"{SEALS} -k page",
            ),
            (
                "a position within an organization is not sealed",
                "domain/audit",
                'organization_id.hex}"{own}',
                'organization_id.hex}"',
                f"{SEALS} -k touched",
            ),
            (
                "an event is sealed before its organization's position is known",
                "domain/audit",
                " and events[count].organization_position:",
                ":",
                "tests/postgres/test_positions.py",
            ),
            (
                "events wait for a seal unheard",
                "service/audit",
                "now - event.placed_at > UNSEALED",
                "False",
                contract("audit", "minute"),
            ),
            (
                "what was changed long ago is not looked at",
                "entrypoints/sealer",
                "*([broken] if broken else [])",
                "*[]",
                f"{SEALS} -k long_ago",
            ),
            (
                "seals are missed by nobody",
                "domain/audit",
                "if number < tally.sealed:",
                "if False:",
                f"{SEALS} -k alarm",
            ),
            (
                "a position that nobody gave",
                "domain/audit",
                "if tally.highest > tally.last:",
                "if False:",
                f"{SEALS} -k alarm",
            ),
            (
                "a former secret is not tried",
                "service/audit",
                "[self.secret, *self.before]",
                "[self.secret]",
                contract("audit", "secret"),
            ),
            (
                "any secret will do for an id",
                "domain/audit",
                "if this.key_id in {None, key_id_of(secret)}",
                "if True",
                contract("audit", "secret"),
            ),
            (
                "too much is not refused",
                "adapters/postgres/privileges",
                "    if excess := {",
                "    if False and {",
                f"{PRIVILEGES} -k everybody",
            ),
            (
                "who could become another is not asked",
                "adapters/postgres/privileges",
                "role.oid, 'MEMBER')",
                "role.oid, 'USAGE')",
                f"{PRIVILEGES} -k become",
            ),
            (
                "what leads out of the database",
                "adapters/postgres/privileges",
                "if row.role in LEADS_OUT:",
                "if False:",
                f"{PRIVILEGES} -k membership",
            ),
        )
    ),
    # the rules of a place
    Mutant("what is over still blocks", BOOKING, "self.deadline <= at\n", "False\n", contract("holds", "memory")),
    Mutant(
        "a claim leaves its slot's row as it was",
        f"{PG}/rosters/writes.py",
        " or (not now.cancelled and (roster.claims, roster.queue) != (then.claims, then.queue))",
        "",
        KEPT,
    ),
    Mutant("a page is kept for being kept", f"{PG}/page_cache.py", "page.mark != mark or ", "", KEPT),
    Mutant(
        "a page is shown with what another may do",
        f"{HTTP}/routes/property_slots.py",
        "if known is None or known[:3] != (actions, cached.policy, cached.names):",
        "if known is None:",
        KEPT,
    ),
    Mutant("one is told of another's slot", f"{PG}/listing.py", "at_slots[-1 - number]", "at_slots[number]", KEPT),
    Mutant(
        "nobody is waited for",
        f"{PG}/engine/batching.py",
        "if self._moment and 0 < self._asking < self._expected:",
        "if False:",
        "tests/unit/test_batches.py",
    ),
    Mutant(
        "a session that ended is a fault",
        f"{PG}/engine/errors.py",
        "isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError)",
        "isinstance(error, asyncpg.InterfaceError | OSError)",
        ENDED,
    ),
    Mutant(
        "an error on a dead connection is a fault",
        f"{PG}/engine/pool.py",
        "                if dead:",
        "                if False:",
        ENDED,
    ),
    Mutant(
        "a commit in doubt is done again",
        f"{PG}/engine/database.py",
        "raise OutcomeUnknown(cause=cause_of(error)) from error",
        "raise",
        ENDED,
    ),
    Mutant(
        "who goes away is taken for a session that ended",
        f"{PG}/engine/errors.py",
        "this is not None and this.cancelling() > 0",
        "False",
        ENDED,
    ),
    Mutant(
        "a refused statement passes",
        f"{PG}/engine/errors.py",
        'MAY_SUCCEED_AGAIN = {"40001", "40P01"}',
        'MAY_SUCCEED_AGAIN = {"40001", "40P01", "0A000"}',
        "tests/postgres/test_database.py",
    ),
    Mutant(
        "any pooler will do",
        f"{PG}/engine/pooler.py",
        "if error.sqlstate in ASTRAY:",
        "if False:",
        "tests/unit/test_pooler.py",
    ),
    Mutant(
        "a foreign statement will do",
        f"{PG}/engine/pooler.py",
        'if not (first and second and third and (first[0], second[0], third[0]) == ("one", "other", "one")):',
        "if not (first and second and third):",
        "tests/unit/test_pooler.py",
    ),
    Mutant(
        "settings are left in a pooler's sessions",
        f"{PG}/engine/sessions.py",
        "WHERE pg_backend_pid() = $3",
        "WHERE $3::int > 0",
        "tests/postgres/test_lines.py",
    ),
    Mutant("any encoding will do", f"{PG}/migrations.py", 'if encoding != "UTF8":', "if False:", SCHEMA),
    Mutant("any PostgreSQL will do", f"{PG}/migrations.py", "if version.major < OLDEST:", "if False:", SCHEMA),
    Mutant(
        "a password's end is taken for the database",
        "src/booking/config.py",
        'any("@" in text for text in (parts.path, *named))',
        "False",
        "tests/unit/test_config.py",
    ),
    Mutant(
        "a cause tells a parameter's value",
        f"{PG}/engine/sessions.py",
        "names = [name for name, _ in",
        "names = [name + value for name, value in",
        "tests/postgres/test_causes.py",
    ),
    Mutant(
        "a line does anything",
        f"{PG}/engine/pool.py",
        "self._idle.pop(next(same, -1))",
        "self._idle.pop(0)",
        "tests/postgres/test_lines.py",
    ),
    Mutant("a page is kept over holds", LISTING, "NOT listed.unsettled", "true", KEPT),
    Mutant("a page is kept in vain", LISTING, "listed.mark = open.mark", "true", KEPT),
    Mutant(
        "a page is kept over who waits",
        FRAGMENTS,
        "SELECT w.id FROM waitlist w WHERE {queued}",
        "SELECT w.id FROM waitlist w WHERE {queued} AND false",
        KEPT,
    ),
    Mutant(
        "whoever comes too late tidies all the same",
        "src/booking/domain/place_request.py",
        "        _refuse_rival(request, roster, commitments)\n",
        "        pass\n",
        contract("holds", "too_late"),
    ),
    Mutant(
        "whoever was overtaken is decided on all the same",
        f"{PG}/rosters/claim_queue.py",
        "if self._overtaken(request)",
        "if False",
        "tests/unit/test_claim_queue.py",
    ),
    Mutant(
        "whoever was overtaken goes back again and again",
        f"{SERVICE}/place_claims.py",
        "repeated or slot_id in self.contested",
        "slot_id in self.contested",
        contract("bookings", "overtaken"),
    ),
    Mutant(
        "what is over still shows, in SQL",
        FRAGMENTS,
        "b.deadline > booking_now())",
        "b.deadline IS NOT NULL)",
        contract("holds", "postgres"),
    ),
    Mutant(
        "a hold that became a booking is ended",
        BOOKING,
        "return self.live and self.deadline is not None and",
        "return self.deadline is not None and",
        "tests/contract tests/unit",
    ),
    Mutant(
        "nobody is offered what is free",
        ROSTER,
        "        for entry in self.waiting:\n            free",
        "        for entry in ():\n            free",
        contract("waitlists", "memory"),
    ),
    Mutant(
        "the youngest is offered first",
        ROSTER,
        "for entry in self.waiting:\n",
        "for entry in reversed(self.waiting):\n",
        contract("waitlists", "memory"),
    ),
    Mutant(
        "a place somebody waits for is public",
        AVAILABILITY,
        "            free -= places.waiting\n",
        "            pass\n",
        contract("waitlists"),
    ),
    Mutant(
        "any number of holds",
        AVAILABILITY,
        "full = len(held) >= self.policy.max_live_holds",
        "full = False",
        contract("holds", "memory"),
    ),
    Mutant(
        "held for ever",
        AVAILABILITY,
        '            self._cooldown("hold_cooldown", refusals.HoldCooldown, commitments.past_holds),\n',
        "",
        contract("holds", "memory"),
    ),
    Mutant(
        "one's own hold blocks",
        AVAILABILITY,
        "        if not mine:\n            verdicts.append(self._place())\n",
        "        verdicts.append(self._place())\n",
        contract("holds", "memory"),
    ),
    Mutant(
        "a visit that began is booked",
        AVAILABILITY,
        "started = self.slot.start_time <= self.at",
        "started = False",
        contract("bookings", "memory"),
    ),
    Mutant(
        "the ineligible book",
        AVAILABILITY,
        "None if eligible else refusals.ApplicantIneligible()",
        "None",
        contract("bookings", "memory"),
    ),
    Mutant(
        "notice is not asked for",
        AVAILABILITY,
        "late = self.at >= last if waiting else self.at > last",
        "late = False",
        contract("policies", "memory"),
    ),
    Mutant(
        "the horizon is not asked for",
        AVAILABILITY,
        "return opens is not None and self.at < opens",
        "return False",
        contract("policies", "memory"),
    ),
    Mutant(
        "waiting is a way around the horizon",
        AVAILABILITY,
        "bookable_until(self.slot.start_time) and not self._early",
        "bookable_until(self.slot.start_time)",
        contract("waitlists", "memory"),
    ),
    Mutant(
        "a look offers nothing on",
        f"{SERVICE}/settlement.py",
        "    await settle(rosters, keys)\n    return await look()",
        "    return found",
        contract("settling", "memory"),
    ),
    Mutant(
        "a look at who waits offers nothing on",
        f"{SERVICE}/settlement.py",
        "            await retry_when_lost(lambda key=key: rosters.change(key, Roster.settled, CLOCK))"
        "  # type: ignore[misc]",
        "            pass",
        contract("settling", "memory"),
    ),
    Mutant(
        "the first who waits is turned away by a look",
        "src/booking/domain/place_request.py",
        "if availability.overdue or availability.awaited_in_vain:",
        "if availability.overdue:",
        contract("settling", "memory"),
    ),
    Mutant(
        "whoever lost a race takes no turn",
        f"{SERVICE}/retrying.py",
        "async with turn or nullcontext():",
        "async with nullcontext():",
        "tests/unit/test_contest.py",
    ),
    Mutant(
        "who waits behind a crowd is told to come back",
        f"{PG}/engine/errors.py",
        "for _ in range(WAITS - 1):",
        "for _ in range(0):",
        "tests/postgres/test_database.py -k crowd",
    ),
    Mutant(
        "what has expired still keeps its slot booked",
        FRAGMENTS,
        "(s.status = 'available' OR (s.status = 'booked' AND {freed}))",
        "s.status = 'available'",
        contract("by_the_clock", "postgres"),
    ),
    Mutant(
        "what has expired changes at each look",
        BOOKING,
        "return self.ended(OVER[self.status], at=self.deadline)",
        "return self.ended(OVER[self.status], at=at)",
        contract("by_the_clock", "memory"),
    ),
    Mutant(
        "those who wait are offered places beyond the horizon",
        FRAGMENTS,
        "(booking_now() < s.start_time - {notice} AND s.start_time <= {farthest})",
        "(booking_now() < s.start_time - {notice})",
        contract("waitlists", "postgres"),
    ),
    Mutant(
        "no limit on bookings",
        AVAILABILITY,
        "if most is None or len(counted) < most:",
        "if True:",
        contract("policies", "memory"),
    ),
    Mutant(
        "nobody is busy",
        AVAILABILITY,
        "refusals.ApplicantBusy() if busy else None",
        "None",
        contract("rescheduling", "memory"),
    ),
    Mutant(
        "two approvals both count",
        BOOKING,
        "is not BookingStatus.PENDING_APPROVAL:",
        "is None:",
        contract("approval", "memory"),
    ),
    Mutant(
        "the cut-off does not hold",
        BOOKING,
        "if policy.cancellable_until(self.start_time) < at:",
        "if False:",
        "tests/contract/test_rescheduling.py",
    ),
    Mutant("feedback twice", BOOKING, "if self.feedback is not None:", "if False:", contract("outcomes", "memory")),
    Mutant(
        "outcomes change for ever",
        BOOKING,
        "self.outcome_at + OUTCOME_CHANGEABLE < at",
        "False",
        contract("outcomes", "memory"),
    ),
    Mutant(
        "a move keeps the old place",
        CHANGES,
        "claims=tuple(claim for claim in old.claims if claim.id != booking_id)",
        "claims=old.claims",
        contract("rescheduling"),
    ),
    Mutant(
        "capacity below what is taken",
        CHANGES,
        "    if capacity < len(roster.live):\n        raise CapacityTaken\n",
        "",
        contract("groups"),
    ),
    # people
    Mutant(
        "an older screening wins",
        APPLICANT,
        "newest = (counted_from",
        "newest = True or (counted_from",
        "tests/contract tests/unit",
    ),
    Mutant(
        "a screening changes a person's own word",
        "src/booking/domain/contact.py",
        "if value and name not in self.own",
        "if value",
        contract("contacts", "memory"),
    ),
    Mutant(
        "a screening without a phone empties it",
        "src/booking/domain/contact.py",
        "if value and name not in self.own",
        "if name not in self.own",
        contract("contacts", "memory"),
    ),
    Mutant(
        "a screening that does not count fills a contact",
        "src/booking/adapters/postgres/screenings.py",
        "                if one is not before.get(request)\n",
        "",
        contract("contacts", "postgres"),
    ),
    Mutant(
        "an agency's later word comes before a person's own",
        f"{PG}/sql/contacts.sql",
        "cardinality(c.own) = 0, ",
        "",
        contract("contacts", "postgres"),
    ),
    Mutant(
        "a second login takes the link",
        FRAGMENTS,
        "a.user_id IS NULL AND a.erased_at IS NULL",
        "a.erased_at IS NULL",
        "tests/contract/test_people.py",
    ),
    Mutant(
        "what the agent may is not listed on an own booking",
        "src/booking/domain/allowed_actions.py",
        "        manages and _succeeds(booking.still_ahead, at=at)\n",
        "        manages and not own and _succeeds(booking.still_ahead, at=at)\n",
        contract("rescheduling", "past_the_cut_off"),
    ),
    Mutant(
        "who is both is refused as the applicant alone",
        f"{SERVICE}/bookings.py",
        "        if not _manages(caller, context):\n            raise\n",
        "        raise\n",
        contract("rescheduling", "past_the_cut_off"),
    ),
    Mutant(
        "book_for is not listed apart",
        "src/booking/domain/allowed_actions.py",
        "            may.append(SlotAction.BOOK_FOR)",
        "            may.append(SlotAction.BOOK)",
        contract("states", "memory"),
    ),
    Mutant(
        "slots are offered for who is an agent no more",
        "src/booking/domain/authority.py",
        "    return role_of(claimed_role, provisioned_role) in _ROLES",
        "    return True",
        contract("slots", "agent_no_more"),
    ),
    Mutant(
        "a removed agent, and a demoted admin, change what they like",
        "src/booking/domain/authority.py",
        "role = claimed_role if self.claimed else provisioned_role",
        'role = "admin"',
        contract("authority", "memory"),
    ),
    Mutant(
        "a demoted admin is one still",
        "src/booking/domain/authority.py",
        "if self.admin and role != AgentRole.ADMIN:",
        "if False:",
        contract("authority", "memory"),
    ),
    Mutant(
        "an unlinked login changes what it had",
        "src/booking/domain/authority.py",
        "if login != self.subject:",
        "if False:",
        contract("authority", "memory"),
    ),
    Mutant(
        "a role by claims counts as one by an operator's word",
        "src/booking/domain/authority.py",
        "claimed_role if self.claimed else provisioned_role",
        "claimed_role or provisioned_role",
        contract("authority", "memory"),
    ),
    Mutant(
        "a removal does not wait for the agent's change under way",
        f"{PG}/sql/agents.sql",
        "FOR SHARE OF a",
        "",
        "tests/postgres/test_rights.py",
    ),
    Mutant(
        "an unlinking does not wait for the applicant's change under way",
        LOCKED,
        "FOR NO KEY UPDATE OF a\n",
        "",
        "tests/postgres/test_rights.py",
    ),
    Mutant(
        "a visit moves to another agency",
        CHANGES,
        "if new.slot.organization_id != old.slot.organization_id:",
        "if False:",
        contract("rescheduling", "agencies"),
    ),
    Mutant(
        "a member's right is enough for a colleague's slot",
        "src/booking/domain/caller.py",
        "admin=any(agent_id != agent.id for agent_id in agent_ids),",
        "admin=False,",
        contract("authority", "memory"),
    ),
    Mutant(
        "who manages no slot changes it",
        "src/booking/domain/caller.py",
        "        if not self.manages(organization_id, agent_id):\n            raise NotYourSlot\n",
        "",
        contract("states", "memory"),
    ),
    Mutant(
        "only the last login stays taken",
        FRAGMENTS,
        "f.subject = asked.subject)",
        "f.subject = asked.subject AND false)",
        contract("people", "ever_taken"),
    ),
    Mutant(
        "linking does not judge anew",
        f"{PG}/sql/identity.sql",
        "AND a.id = :id AND {linkable}",
        "AND a.id = :id",
        "tests/postgres/test_linking.py",
    ),
    Mutant(
        "linking judges what it saw before the lock",
        f"{PG}/sql/identity.sql",
        " FOR NO KEY UPDATE",
        "",
        "tests/postgres/test_linking.py",
    ),
    Mutant(
        "erasing at one agency deletes what another keeps",
        f"{PG}/sql/applicants.sql",
        "k.subject = :login AND (",
        "k.subject = :login AND (true OR ",
        contract("erasure", "leaves"),
    ),
    Mutant(
        "the erased come back",
        APPLICANT,
        "        if self.erased:\n            return self\n",
        "",
        contract("erasure", "memory"),
    ),
    Mutant(
        "another's booking is shown",
        f"{PG}/sql/bookings.sql",
        "IN (SELECT organization_id, applicant_id FROM {who})",
        "IN (SELECT organization_id, applicant_id FROM {who}) IS NOT NULL",
        "tests/contract",
    ),
    Mutant(
        "another organization's slot is seen",
        LISTING,
        "JOIN slots s ON s.organization_id = asked.organization_id AND s.id = asked.id",
        "JOIN slots s ON s.id = asked.id",
        contract("slots", "postgres"),
    ),
    Mutant(
        "another organization's slot is found",
        f"{PG}/sql/slots.sql",
        "JOIN slots s ON s.organization_id = asked.organization_id AND s.id = asked.id",
        "JOIN slots s ON s.id = asked.id",
        contract("slots", "another_organization_finds"),
    ),
    Mutant(
        "a private key, or one for another algorithm, is taken",
        "src/booking/adapters/tokens/verifying_keys.py",
        "if found.d is not None or found.alg not in (None, algorithm):",
        "if False:",
        "tests/unit/test_jwks.py",
    ),
    Mutant(
        "crit is overlooked",
        "src/booking/adapters/tokens/verification.py",
        "if header.crit is not UNSET:",
        "if False:",
        "tests/unit/test_tokens.py",
    ),
    *(
        Mutant(what, f"src/booking/adapters/tokens/{file}.py", guard, instead, f"tests/unit/test_{tests}.py")
        for what, file, tests, guard, instead in (
            (
                "only the first key of a name is tried",
                "verification",
                "tokens",
                "    for key in keys:\n        try:",
                "    for key in keys[:1]:\n        try:",
            ),
            (
                "invented keys are fetched without end",
                "keys",
                "jwks",
                "if mark in self._missing and self._wait() > 0:",
                "if False:",
            ),
            ("a fetch waits for nothing", "keys", "jwks", "if (wait := self._wait()) > 0:", "if (wait := 0.0):"),
            (
                "a new key is refused just after a fetch",
                "keys",
                "jwks",
                "if self._fetches_begun > asked_at or",
                "if True or",
            ),
        )
    ),
    # the wire and the workers
    Mutant(
        "slow headers for ever",
        f"{HTTP}/server/protocol.py",
        "self.deadline = self.loop.call_later(HEADERS_WITHIN, self._late)",
        "pass",
        "tests/unit/test_protocol.py",
    ),
    Mutant(
        "whoever wakes first takes all connections",
        f"{HTTP}/server/accepting.py",
        "if self._paused < PATIENCE and self._counts.ahead(self._number):",
        "if False:",
        "tests/unit/test_accepting.py",
    ),
    Mutant(
        "a header breaks out of its line",
        f"{HTTP}/server/protocol.py",
        "if len(head.translate(None, CONTROLS)) != len(head) - 2 * len(headers):",
        "if False:",
        "tests/unit/test_answers.py",
    ),
    Mutant(
        "a connection that closes loses its answer",
        f"{HTTP}/server/write_batching.py",
        "        self.flush()\n        self._transport.close()",
        "        self._transport.close()",
        "tests/unit/test_answers.py",
    ),
    Mutant(
        "each part of an answer is a write of its own",
        f"{HTTP}/server/write_batching.py",
        "        self._parts.append(data)\n",
        "        self._parts.append(data)\n        self.flush()\n",
        "tests/unit/test_answers.py",
    ),
    Mutant(
        "a crowd waits for its last",
        f"{HTTP}/server/write_batching.py",
        "elif len(self._written) == MOST:",
        "elif False:",
        "tests/unit/test_answers.py",
    ),
    Mutant(
        "no application hears of the drain",
        f"{HTTP}/server/server.py",
        "asyncio.get_running_loop().call_soon_threadsafe(self.draining.set)",
        "pass",
        "tests/commands/test_streams.py",
    ),
    Mutant(
        "connections are kept while it drains",
        f"{HTTP}/server/protocol.py",
        'if self.scope["state"]["draining"].is_set():',
        "if False:",
        "tests/unit/test_protocol.py",
    ),
    Mutant(
        "what is cut off leaves a traceback",
        f"{HTTP}/server/server.py",
        '        logging.getLogger("uvicorn.error").addFilter(_no_cut_off)\n',
        "",
        "tests/commands/test_streams.py",
    ),
    Mutant(
        "a process has no more files than it was given",
        f"{HTTP}/server/server.py",
        "            resource.setrlimit(",
        "            print(",
        "tests/commands/test_streams.py",
    ),
    Mutant(
        "headers of any size",
        f"{HTTP}/server/protocol.py",
        "            self._refuse(refusals.HeadersTooLarge())\n",
        "            pass\n",
        "tests/unit/test_protocol.py",
    ),
    *(
        Mutant(what, f"{HTTP}/server/protocol.py", guard, instead, "tests/unit/test_protocol.py")
        for what, guard, instead in (
            ("trailers become headers", "        self.in_trailers = True\n", ""),
            ("any version of HTTP", "if version not in VERSIONS:", "if False:"),
            ("any target of a request", 'if method == b"CONNECT" or not (has_path', "if False and not (has_path"),
            ("no Host, or two", 'if len(self.hosts) > 1 or (not self.hosts and version == "1.1"):', "if False:"),
            ("any Host", "if self.hosts and not HOST.fullmatch(self.hosts[0]):", "if False:"),
            (
                "any transfer coding",
                'if self.codings and (self.codings != [b"chunked"] or',
                "if self.codings and (False or",
            ),
            (
                "an offer of another protocol loses the body",
                "            self.framing = self._framing()\n",
                "            pass\n",
            ),
            (
                "whoever shuts their side gets no answer",
                "            owed.keep_alive = False\n        return True",
                "            owed.keep_alive = False\n        return False",
            ),
        )
    ),
    Mutant(
        "a cell of a table is a formula",
        f"{HTTP}/csv_tables.py",
        "harmless(str(value))",
        "str(value)",
        "tests/unit/test_csv_tables.py",
    ),
    Mutant(
        "a table is of several instants",
        "src/booking/adapters/postgres/engine/database.py",
        'isolation="repeatable_read", ',
        "",
        "tests/postgres/test_snapshots.py",
    ),
    Mutant(
        "a table is cut off in silence",
        "src/booking/service/exports.py",
        "if count > self.most:\n                    raise ListTooBroad(TOO_MANY)",
        "if count >= self.most:\n                    return written",
        "tests/contract/test_exports.py",
    ),
    Mutant(
        "an applicant reads whether others need approval",
        "src/booking/service/rules.py",
        "own[0] in policy.approval_levels if own else None",
        "bool(policy.approval_levels)",
        "tests/contract/test_rules.py",
    ),
    Mutant(
        "an encoded slash reaches a route",
        f"{HTTP}/paths.py",
        "_ENCODED.search(raw_path) is not None)",
        "False)",
        "tests/unit/test_hot.py",
    ),
    Mutant(
        "an empty segment reaches a route",
        f"{HTTP}/paths.py",
        "_AMBIGUOUS.search(path) is not None",
        "False",
        "tests/unit/test_hot.py",
    ),
    *(
        Mutant(f"the fast way: {what}", f"{HTTP}/pipeline/hot.py", find, instead, "tests/unit/test_hot.py")
        for what, find, instead in (
            ("no role is asked for", "        for require in self._roles:\n            require(caller, scope)\n", ""),
            ("parameters are overlooked", "        if query and self._query is None:", "        if False:"),
            ("a body is overlooked", "            require_silence(body)\n", "            pass\n"),
            ("a guard is overlooked", "if guard is not no_parameters and not isinstance(guard, Role):", "if False:"),
            ("a hook is overlooked", "if not all(done_here) or any(others):", "if False:"),
        )
    ),
    Mutant(
        "an encoded slash reaches a hot route",
        f"{HTTP}/pipeline/hot.py",
        'if b"%" in scope["raw_path"]:',
        "if False:",
        "tests/unit/test_hot.py",
    ),
    *(
        Mutant(what, "src/booking/origins.py", guard, instead, "tests/unit/test_origins.py")
        for what, guard, instead in (
            ("everybody's pages at a shared host", 'if not fixed.strip("-") and', "if False and"),
            (
                "names that anybody can register",
                "if not rest or PublicSuffixList(only_icann=True)",
                "if PublicSuffixList(only_icann=True)",
            ),
            ("an asterisk goes over labels", '"[a-z0-9-]+"', '".+"'),
            ("an origin matches by its beginning", "pattern.fullmatch(origin)", "pattern.match(origin)"),
        )
    ),
    *(
        Mutant(what, "src/booking/logs.py", guard, instead, "tests/unit/test_logs.py")
        for what, guard, instead in (
            ("an escape in a field reaches the terminal", "else [_as_printable, structlog", "else [structlog"),
            (
                "an escape in a traceback reaches the terminal",
                "stream.write(printable(written.getvalue(), ",
                "stream.write(str(written.getvalue() or ",
            ),
            ("an escape of eight bits reaches the terminal by JSON", "if not line.isascii() or", "if False or"),
        )
    ),
    Mutant(
        "a signal to the whole group cuts workers off",
        f"{HTTP}/server/server.py",
        "if now - self._signalled_at < ONE_SIGNAL:",
        "if False:",
        "tests/commands/test_serve.py",
    ),
    Mutant(
        "the answer to HEAD has no length",
        f"{HTTP}/pipeline/access.py",
        'scope, send = {**scope, "method": "GET"}, _without_body(send)',
        "pass",
        "tests/unit/test_hot.py",
    ),
    Mutant(
        "no limit of requests",
        f"{SERVICE}/rate_limits.py",
        "        if budget.left < cost:\n            return None\n",
        "",
        contract("budgets", "memory"),
    ),
    # the feed
    *(
        Mutant(f"feed: {what}", f"src/booking/{file}", find, instead, contract("feed"))
        for what, file, find, instead in (
            (
                "who lost their role goes on hearing",
                "adapters/postgres/sql/feed.sql",
                "AND a.shut_out_at IS NULL\n) agent ON agent.role IN ('member', 'admin')",
                "\n) agent ON true",
            ),
            (
                "a former agent hears nothing of the move",
                "adapters/postgres/sql/feed.sql",
                " OR e.from_agent_id = view.agent_id",
                "",
            ),
            (
                "an undone login goes on hearing",
                "adapters/postgres/sql/feed.sql",
                "AND p.user_id = :subject::text",
                "AND (p.user_id = :subject::text OR p.user_id IS NULL)",
            ),
            (
                "a page that is cut off passes over what it left out",
                "domain/feed.py",
                "one.after if len(heard) >= limit else one.upto",
                "one.upto",
            ),
            (
                "an organization that comes into view later is read from its beginning",
                "domain/feed.py",
                "asked.places.get(view.organization_id, view.last)",
                "asked.places.get(view.organization_id, view.first - 1)",
            ),
            (
                "a position of another epoch goes on",
                "domain/feed.py",
                "    if asked is not None and asked.epoch != epoch:",
                "    if False:",
            ),
            (
                "a position that is yet to come goes on",
                "domain/feed.py",
                "        if not view.first - 1 <= after <= view.last:",
                "        if False:",
            ),
            (
                "everybody is told whose login it was",
                "domain/feed.py",
                "for_admin=event.organization_id in administered",
                "for_admin=True",
            ),
            (
                "who waits is not woken up",
                "adapters/postgres/feed.py",
                "                ear.woken.set()",
                "                pass",
            ),
        )
    ),
    # messages by HTTP
    *(
        Mutant(f"inbound: {what}", f"src/booking/{file}", find, instead, f"tests/unit/test_{tests}.py")
        for what, file, find, instead, tests in (
            (
                "an old message is taken",
                "entrypoints/http/signatures.py",
                "        if abs(self._now() - int(timestamp)) > TOLERANCE:",
                "        if False:",
                "inbound_over_http",
            ),
            (
                "a signature over the body alone is taken",
                "entrypoints/http/signatures.py",
                'content = b".".join((message_id, timestamp, body))',
                "content = body",
                "inbound_over_http",
            ),
            (
                "any signature is taken",
                "entrypoints/http/signatures.py",
                "    return any(fits)",
                "    return True",
                "inbound_over_http",
            ),
            (
                "a sender speaks for any organization",
                "entrypoints/http/signatures.py",
                "        if self.sender.organization_id not in (None, organization_id):",
                "        if False:",
                "inbound_over_http",
            ),
            (
                "a header given twice is read once",
                "entrypoints/http/signatures.py",
                "            if all(len(values) == 1 for values in found):",
                "            if all(found):",
                "inbound_over_http",
            ),
            (
                "anybody says from where they call",
                "proxies.py",
                "        while hops and self._trusts(address):",
                "        while hops:",
                "proxies",
            ),
        )
    ),
    # streams
    *(
        Mutant(f"streams: {what}", f"src/booking/service/{file}.py", find, instead, contract("streams", "memory"))
        for what, file, find, instead in (
            (
                "what was heard before comes again",
                "listeners",
                "        if one.position <= self.places[event.organization_id]:",
                "        if False:",
            ),
            (
                "roles that changed are overlooked",
                "listeners",
                "        elif standings != self.standings:",
                "        elif False:",
            ),
            ("another epoch goes on", "listeners", "        if epoch != self.epoch:", "        if False:"),
            (
                "one person has all streams",
                "streams",
                "        if self._of_one[caller.subject] >= MOST_OF_ONE:",
                "        if False:",
            ),
            (
                "a process has no bound",
                "streams",
                "        if self.drained or len(self.listeners) >= MOST:",
                "        if self.drained:",
            ),
            (
                "what could not be handed out is lost",
                "streams",
                "                self._after[one] = min(listener.places[one] for listener in self._live[one])\n",
                "                pass\n",
            ),
            (
                "a listener is live before they are as far as the others",
                "streams",
                "self._after.get(one, 0) > place for one, place in listener.places.items()",
                "False for one, place in listener.places.items()",
            ),
            (
                "a message for one side is told to all",
                "streams",
                "        name = recorded.id, for_admin\n",
                "        name = recorded.id\n",
            ),
            (
                "a token is one for all positions",
                "streams",
                "        name = position.epoch, tuple(position.places.items())\n",
                "        name = position.epoch\n",
            ),
            (
                "a slow reader is buffered without bound",
                "streams",
                "            if listener.size > MOST_WAITING:",
                "            if False:",
            ),
        )
    ),
    # batches
    *(
        Mutant(f"batches: {what}", f"src/booking/{file}.py", find, instead, tests)
        for what, file, find, instead, tests in (
            (
                "a refused item is in the way of the next",
                "domain/slot_batch",
                "        if index not in found or mode is BatchMode.ALL:\n",
                "        if True:\n",
                contract("slot_batches", "memory"),
            ),
            (
                "items do not clash with earlier items",
                "domain/slot_batch",
                "        elif items or slot_ids:",
                "        elif slot_ids:",
                contract("slot_batches", "memory"),
            ),
            (
                "all are offered though some cannot be",
                "domain/slot_batch",
                "    if found and mode is BatchMode.ALL:",
                "    if False:",
                contract("slot_batches", "memory"),
            ),
            (
                "as many claims end at once as there are",
                "domain/slot_batch",
                "    if sum(len(roster.live) for roster in rosters) > MOST_CLAIMS:",
                "    if False:",
                contract("slot_batches", "memory"),
            ),
            (
                "a part under a key is done again",
                "domain/idempotency",
                'route=f"{self.route} {number}", outcome=Outcome()',
                'route=f"{self.route} {id(object())}-{number}", outcome=Outcome()',
                "tests/unit/test_batches_over_http.py",
            ),
            (
                "a part keeps its answer after its transaction",
                "adapters/postgres/slot_batches",
                "            await keep(transaction, [(by, (found,))])\n",
                "",
                "tests/postgres/test_slot_batches.py",
            ),
            (
                "a refused item makes a property",
                "adapters/postgres/slot_batches",
                "            statuses = await lock_known(",
                "            statuses = await lock_for_slots(",
                contract("slot_batches", "postgres"),
            ),
            (
                "five hundred cost as much as one",
                "entrypoints/http/pipeline/batches",
                "        if writes.limit and (more := cost_of(len(items)) - 1):",
                "        if (more := 0):",
                "tests/unit/test_batches_over_http.py",
            ),
        )
    ),
    # requests: their order, and what they cost
    *(
        Mutant(f"requests: {what}", f"{HTTP}/{file}.py", find, instead, f"tests/unit/test_{tests}.py")
        for what, file, find, instead, tests in (
            (
                "somebody is looked for before their body is here",
                "pipeline/steps",
                '        body = b"" if receive is None else await whole_body(receive, largest)\n',
                '        await self.identity.identify(claims, "")\n'
                '        body = b"" if receive is None else await whole_body(receive, largest)\n',
                "pipeline",
            ),
            (
                "nobody is limited before they are looked up",
                "pipeline/steps",
                "        await _spend(spent, self.limits.person, ANYWHERE, claims.subject)\n",
                "",
                "pipeline",
            ),
            (
                "writes cost nothing of their own",
                "pipeline/steps",
                "limits.writes_of(caller)",
                "limits.organization",
                "pipeline",
            ),
            (
                "what Litestar noted of the first attempt is there in the second",
                "pipeline/steps",
                "{name: copy(noted) for name, noted in scope",
                "{name: noted for name, noted in scope",
                "pipeline",
            ),
            (
                "a body is overlooked where none belongs",
                "app",
                "        before_request=nothing_unasked,\n",
                "",
                "strict_inputs",
            ),
            (
                "times and ids in any form",
                "decoding",
                "    if form in WRITTEN and isinstance(given, str) and not WRITTEN[form].fullmatch(given):",
                "    if False:",
                "strict_inputs",
            ),
            (
                "an id in any form where it is quick",
                "decoding",
                " and UNSURE.search(raw) is None",
                "",
                "strict_inputs",
            ),
            (
                "bytes that are no UTF-8 are mended",
                "decoding",
                "        if not (_is_utf8(named) and _is_utf8(given)):",
                "        if False:",
                "strict_inputs",
            ),
        )
    ),
    *(
        Mutant(f"requests: {what}", f"{SERVICE}/identity.py", find, instead, "tests/unit/test_caller_cache.py")
        for what, find, instead in (
            ("nobody is remembered at once", "len(refusals) == OFTEN and ", ""),
            ("nobody is remembered from long ago", " and now - refusals[0] < WITHIN", ""),
            ("nobody stays nobody", "        self._unknown.clear()\n", ""),
            ("nobody is remembered from before a change", " and changes == self.changes", ""),
            ("nobody is nobody with any claims", "unknown.claims == claims and ", ""),
        )
    ),
    *(
        Mutant(f"requests: {what}", file, find, instead, tests)
        for what, file, find, instead, tests in (
            (
                "no room, and it is done all the same",
                f"{PG}/idempotency.py",
                "        if full := await self._require_room(asked):\n            return full\n",
                "",
                contract("answers", "postgres"),
            ),
            (
                "room is not counted anew",
                f"{PG}/idempotency.py",
                "(asked.most - row.kept) // SHARE",
                "asked.most",
                "tests/postgres/test_keys.py",
            ),
            (
                "no cool-down of bookings",
                AVAILABILITY,
                "        if own is None and not by_agent:\n",
                "        if False:\n",
                contract("cooldowns", "memory"),
            ),
            (
                "no cool-down without a lock",
                PLAIN,
                "b.status = 'cancelled_by_applicant'",
                "false",
                contract("cooldowns", "postgres"),
            ),
            (
                "no cool-down under locks",
                FRAGMENTS,
                "(b.status = 'cancelled_by_applicant' OR",
                "(false OR",
                contract("cooldowns", "postgres"),
            ),
            (
                "no cool-down of those who wait",
                f"{PG}/rosters/locks.py",
                "waited(commitments_of(person, theirs.get(number, ()), at), given_up.get(number, ()))",
                "commitments_of(person, theirs.get(number, ()), at)",
                contract("cooldowns", "postgres"),
            ),
            (
                "those who left are told that they may wait",
                LISTING,
                "THEN false ELSE EXISTS (",
                "THEN false ELSE false AND EXISTS (",
                contract("cooldowns", "postgres"),
            ),
        )
    ),
    Mutant(
        "the start does not wait",
        "src/booking/entrypoints/start.py",
        "                await self.ready()\n",
        "",
        "tests/unit/test_start.py",
    ),
    Mutant(
        "owners may serve",
        f"{PG}/privileges.py",
        "    if row.owner:\n",
        "    if False:\n",
        "tests/postgres/test_privileges.py",
    ),
    Mutant(
        "a failing loop spins",
        "src/booking/entrypoints/jobs.py",
        "            failures += 1\n",
        "            failures = 1\n",
        "tests/unit/test_workers.py",
    ),
    Mutant(
        "five attempts and dead",
        "src/booking/domain/delivery.py",
        "if attempts > len(PAUSES):",
        "if attempts > 5:",
        contract("outbox", "memory"),
    ),
    # events, and what only a newer release knows
    Mutant(
        "a move does not tell where from",
        "src/booking/domain/events.py",
        "return replace(event, moved_from=moved_from)",
        "return event",
        contract("rescheduling", "memory"),
    ),
    Mutant(
        "a plain booking names no agent",
        PLAIN,
        "applicant_id, agent_id, property_id, start_time, end_time, 'confirmed'",
        "applicant_id, NULL, property_id, start_time, end_time, 'confirmed'",
        contract("rescheduling", "postgres"),
    ),
    Mutant(
        "a move is not sealed",
        "src/booking/domain/audit.py",
        "(_move(happened), _times(happened), _own(event)) if whole",
        '("", _times(happened), _own(event)) if whole',
        contract("audit", "memory"),
    ),
    Mutant(
        "two first calls tell of one agent twice",
        f"{PG}/sql/agents.sql",
        "DO NOTHING",
        "DO UPDATE SET subject = EXCLUDED.subject",
        contract("people", "postgres"),
    ),
    Mutant(
        "a role that a token says no more stays",
        f"{PG}/identity.py",
        "                outdated = True\n",
        "                pass\n",
        contract("people", "postgres"),
    ),
    Mutant(
        "a token that says what holds already is not noted as the newest",
        f"{PG}/identity.py",
        "_is_newer(claims.issued_at, self.claimed_at)",
        "False",
        contract("people", "holds_already"),
    ),
    Mutant(
        "a role that a newer release knows is everybody's fault",
        f"{PG}/identity.py",
        "elif row.role in _ROLES:",
        "else:",
        "tests/postgres/test_newer.py",
    ),
    Mutant(
        "a state that a newer release knows is everybody's fault",
        f"{PG}/rows.py",
        "_BOOKING, _OUTCOME = Words(RiskLevel), Words(BookingStatus),",
        "_BOOKING, _OUTCOME = Words(RiskLevel), {status.value: status for status in BookingStatus},",
        "tests/postgres/test_newer.py",
    ),
    Mutant(
        "a risk that a newer release knows lets in",
        FRAGMENTS,
        "a.risk_level IN ('LOW', 'MEDIUM')",
        "a.risk_level <> 'HIGH'",
        "tests/postgres/test_newer.py",
    ),
    Mutant(
        "a slot at fault ends a round",
        f"{SERVICE}/retrying.py",
        "            failed = failed or error\n",
        "            raise\n",
        "tests/unit/test_contest.py",
    ),
    # screenings, and the queue that they come by
    Mutant(
        "a screening without a usable email lets in",
        APPLICANT,
        "return RiskLevel.HIGH if email.endswith(NOWHERE) else screening.risk_level",
        "return screening.risk_level",
        contract("people", "memory"),
    ),
    Mutant(
        "a login may have an address that is nobody's",
        "src/booking/domain/caller.py",
        " or folded(self.email).endswith(RESERVED)",
        "",
        contract("people", "memory"),
    ),
    Mutant(
        "a tab stays in a name",
        APPLICANT,
        '" " if one.isspace() or one in BLANK else ',
        "",
        "tests/unit/test_screening_events.py",
    ),
    Mutant(
        "a page of HTML is an empty queue",
        "src/booking/entrypoints/sqs.py",
        "                if response.status_code < 300:",
        "                if response.status_code < 200:",
        "tests/unit/test_sqs.py",
    ),
    Mutant(
        "a call to the queue has no end",
        "src/booking/entrypoints/sqs.py",
        "asyncio.timeout(DEADLINE)",
        "asyncio.timeout(None)",
        "tests/unit/test_sqs.py",
    ),
    # commands and the development stack
    Mutant(
        "the embedded SQS serves whoever names the key",
        "src/booking/entrypoints/dev/gate.py",
        'not _same(found["signature"], self._signature(environ, body, found))',
        "False",
        "tests/unit/test_embedded_sqs.py",
    ),
    Mutant(
        "the embedded SQS takes anybody's key id",
        "src/booking/entrypoints/dev/gate.py",
        'found is None or not _same(found["key"], self._key.id)',
        "found is None",
        "tests/unit/test_embedded_sqs.py -k by_its_key",
    ),
    Mutant(
        "pages of any origin may call",
        f"{HTTP}/cors.py",
        'allowed = self.origins.allow(origin.decode("latin-1"))',
        "allowed = True",
        "tests/unit/test_cors.py",
    ),
    Mutant(
        "an ambient instance wins over the file",
        "src/booking/cli/environment.py",
        "    os.environ.update(variables)",
        "    os.environ.update({name: os.environ.get(name, value) for name, value in variables.items()})",
        "tests/commands/test_environment.py",
    ),
    Mutant(
        "what the file does not name is the ambient instance's",
        "src/booking/cli/environment.py",
        "        os.environ.pop(name, None)",
        "        pass",
        "tests/commands/test_environment.py",
    ),
    Mutant(
        "a broken line of an env file is passed over",
        "src/booking/cli/environment.py",
        "    if faults:",
        "    if False:",
        "tests/commands/test_environment.py",
    ),
    Mutant(
        "another's env file is removed at the end",
        "src/booking/entrypoints/dev/env_file.py",
        "self._content is not None and self.path.read_bytes() == self._content",
        "True",
        "tests/unit/test_env_file.py",
    ),
    Mutant(
        "booking dev is ready before its demo is there",
        "src/booking/bootstrap.py",
        "        if not prepared():",
        "        if False:",
        "tests/unit/test_env_file.py",
    ),
    Mutant(
        "a demo that is booked up offers nothing",
        "src/booking/entrypoints/dev/demo.py",
        "    if await something_to_book(organization_id, slots, admin) is None:",
        "    if False:",
        "tests/unit/test_demo.py",
    ),
    Mutant(
        "of an endpoint the seal says nothing",
        "src/booking/domain/audit.py",
        "_endpoint(happened) if whole and",
        "_endpoint(happened) if False and",
        contract("audit", "endpoint"),
    ),
    Mutant(
        "what the release before sealed of endpoints is broken",
        "src/booking/domain/audit.py",
        "for endpoints in (True, False))",
        "for endpoints in (True,))",
        contract("audit", "endpoint"),
    ),
    Mutant(
        "an endpoint begins at the first event",
        f"{PG}/sql/webhooks.sql",
        "coalesce((SELECT o.last FROM organization_positions o WHERE o.organization_id = :organization_id), 0))",
        "0)",
        contract("webhooks", "head"),
    ),
    Mutant(
        "an admin who loses a number is refused",
        f"{PG}/webhooks.py",
        "                if row.count >= MOST:",
        "                if row.count:",
        "tests/postgres/test_webhooks.py -k number",
    ),
    Mutant(
        "two admins change what neither has seen",
        f"{PG}/webhooks.py",
        "            if was.version != expected:",
        "            if False:",
        contract("webhooks", "version"),
    ),
    Mutant(
        "a former secret signs for ever",
        f"{PG}/sql/webhooks.sql",
        "CASE WHEN w.former_until > booking_now() THEN w.former_secret END",
        "w.former_secret",
        contract("webhooks", "rotated"),
    ),
    Mutant(
        "what an endpoint has not come to is sent twice after a replay",
        f"{PG}/sql/webhook_deliveries.sql",
        "least(:last::bigint, s.position)",
        "least(:last::bigint, 9e18)",
        contract("webhook_deliveries", "twice"),
    ),
    Mutant(
        "a replay sends what the endpoint does not hear",
        f"{PG}/sql/webhook_deliveries.sql",
        "  AND (s.event_types IS NULL OR e.type = ANY (s.event_types))\n",
        "",
        contract("webhook_deliveries", "replay_sends"),
    ),
    Mutant(
        "what is dead is not sent again",
        f"{PG}/sql/webhook_deliveries.sql",
        "due_at = booking_now(), died_at = NULL\nFROM",
        "due_at = booking_now()\nFROM",
        contract("webhook_deliveries", "failed"),
    ),
    Mutant(
        "an endpoint that rests is not woken by a replay",
        f"{PG}/webhook_deliveries.py",
        "        await self._database.write(WAKE, *key)",
        "        pass",
        contract("webhook_deliveries", "rests"),
    ),
    Mutant(
        "attempts are not chosen by their event",
        f"{PG}/sql/webhook_deliveries.sql",
        "AND a.event_id = :event_id  -- if event_id",
        "AND true  -- if event_id",
        contract("webhook_deliveries", "test_is_sent"),
    ),
    Mutant(
        "the ends of a replay's parts are sent by two of them",
        f"{PG}/webhook_deliveries.py",
        "last = min(first + AT_ONCE - 1, positions.last)",
        "last = min(first + AT_ONCE, positions.last)",
        "tests/postgres/test_webhooks.py",
    ),
    Mutant(
        "a replay of what is not kept sends less",
        "src/booking/domain/webhook_delivery.py",
        "if oldest is None or asked.first < oldest:",
        "if False:",
        "tests/postgres/test_webhooks.py",
    ),
    Mutant(
        "what is due to an endpoint stays when it is deleted",
        f"{PG}/sql/webhooks.sql",
        "DELETE FROM deliveries d\nWHERE d.organization_id = :organization_id",
        "DELETE FROM deliveries d\nWHERE false AND d.organization_id = :organization_id",
        "tests/postgres/test_webhooks.py",
    ),
    Mutant(
        "what a replay makes meanwhile outlives its endpoint",
        f"{PG}/webhooks.py",
        "locked_endpoint(transaction, key, LOCK_FOR_REMOVAL)",
        "locked_endpoint(transaction, key)",
        "tests/postgres/test_webhooks.py -k meanwhile",
    ),
    Mutant(
        "an endpoint is deleted with what is due to others",
        f"{PG}/sql/webhooks.sql",
        "  AND d.subscription_id = :id\n\n-- name: secrets",
        "  AND :id::uuid IS NOT NULL\n\n-- name: secrets",
        "tests/postgres/test_webhooks.py",
    ),
    Mutant(
        "an endpoint that is enabled again waits for its next attempt",
        f"{PG}/webhooks.py",
        "            if anew:\n",
        "            if False:\n",
        contract("webhook_deliveries", "enabled"),
    ),
    Mutant(
        "attempts are kept for ever",
        f"{PG}/webhook_deliveries.py",
        "<= booking_now() - KEPT",
        "<= booking_now() - 1000 * KEPT",
        contract("webhook_deliveries", "forgotten"),
    ),
    Mutant(
        "a secret of one endpoint is one of another's",
        "src/booking/adapters/ciphers.py",
        "_bound(of)",
        "b''",
        "tests/unit/test_ciphers.py",
    ),
    Mutant(
        "an answer with a secret is kept in plain",
        f"{HTTP}/pipeline/steps.py",
        "cipher = self.cipher if secret else None",
        "cipher = None",
        "tests/unit/test_webhooks_over_http.py -k kept",
    ),
    Mutant(
        "each look at a dead letter counts as a receive",
        "src/booking/entrypoints/dead_letters.py",
        'receives=min(int(attributes.get("ApproximateReceiveCount", 0)), most)',
        'receives=int(attributes.get("ApproximateReceiveCount", 0))',
        "tests/commands/test_upkeep.py -k looking",
    ),
    # no way inside
    Mutant(
        "any address may be reached",
        f"{GUARD}/addresses.py",
        "if not found or not all(",
        "if not found or all(",
        OUTSIDE,
    ),
    Mutant("one public address of a name is enough", f"{GUARD}/addresses.py", "not all(", "not any(", OUTSIDE),
    Mutant("a name without an address is fine", f"{GUARD}/addresses.py", "if not found or not", "if not", OUTSIDE),
    Mutant("the name is connected to", f"{GUARD}/addresses.py", "(str(address), port)", '("localhost", port)', OUTSIDE),
    Mutant("search domains make another name", f"{GUARD}/resolver.py", 'f"{name}."', "name", OUTSIDE),
    Mutant(
        "look-ups without a bound", f"{GUARD}/resolver.py", "asyncio.Semaphore(MOST)", "asyncio.Semaphore(99)", OUTSIDE
    ),
    Mutant(
        "each waits for a look-up of its own",
        f"{GUARD}/resolver.py",
        "if name not in self._under_way:",
        "if True:",
        f"{OUTSIDE} -k dns",
    ),
    Mutant(
        "one that gives up a look-up ends it for all",
        f"{GUARD}/resolver.py",
        "await asyncio.shield(self._under_way[name])",
        "await self._under_way[name]",
        f"{OUTSIDE} -k dns",
    ),
    Mutant(
        "certificates are for any name", f"{GUARD}/client.py", "server_hostname=url.host", 'server_hostname=""', OUTSIDE
    ),
    Mutant(
        "keys of TLS go to a file of the environment",
        f"{GUARD}/client.py",
        "ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)",
        "ssl.create_default_context()",
        OUTSIDE,
    ),
    Mutant(
        "a redirect is acceptance",
        f"{GUARD}/answers.py",
        "if 200 <= status <= 299:",
        "if 200 <= status <= 399:",
        OUTSIDE,
    ),
    Mutant("an answer is read to its end", f"{GUARD}/client.py", " and len(self.answer) < LARGEST_BODY:", ":", OUTSIDE),
    Mutant("interim answers are read for ever", f"{GUARD}/client.py", "if left < 0:", "if False:", OUTSIDE),
    Mutant(
        "a connection is left open at the deadline",
        f"{GUARD}/client.py",
        "                writer.transport.abort()",
        "                pass",
        OUTSIDE,
    ),
    Mutant("every port of a host", RECEIVER_URL, "or port not in PORTS", "or False", URLS),
    Mutant("http to anybody", RECEIVER_URL, 'if not own and (scheme != "https" or', "if not own and (", URLS),
    Mutant("the loopback of a production instance", RECEIVER_URL, "own = loopback and scheme", "own = scheme", URLS),
    Mutant("names of one label", RECEIVER_URL, "        bool(others)\n        and", "        True\n        and", URLS),
    Mutant("names for use within networks", RECEIVER_URL, "last not in LOCAL_NAMES", "True", URLS),
    Mutant("addresses in any form", RECEIVER_URL, "str(address) == text and", "True and", URLS),
    Mutant(
        "6to4 is public",
        "src/booking/domain/public_addresses.py",
        '        "2002::/16",',
        '        "2620::/128",',
        URLS,
    ),
    Mutant(
        "an address of a zone is public",
        "src/booking/domain/public_addresses.py",
        "address.scope_id is None",
        "True",
        URLS,
    ),
    # AWS
    *(
        Mutant(f"AWS: {what}", "src/booking/adapters/notifiers/aws.py", find, instead, "tests/unit/test_aws.py")
        for what, find, instead in (
            ("what a topic or a queue refuses is heard", "None if one.id in heard else", "None if True else"),
            ("what a bus refuses is heard", 'failure=None if one.get("EventId") else', "failure=None if True else"),
            ("a bus answers for what it was not sent", "if len(told) != len(batch):", "if False:"),
            (
                "a failed call ends what other calls came to",
                "            return [Outcome(failure=_reason(error))] * len(batch)\n",
                "            raise\n",
            ),
            (
                "events of a booking are in groups of their own",
                '"MessageGroupId": self.line',
                '"MessageGroupId": self.id',
            ),
            (
                "events are deduplicated by booking",
                '"MessageDeduplicationId": self.id',
                '"MessageDeduplicationId": self.line',
            ),
            ("a standard queue has groups", "if target.fifo else {}", "if True else {}"),
            ("a batch of any size", "+ one.size > LARGEST:", "+ one.size < 0:"),
            ("what is too large is sent", "if batch[0].size > LARGEST:", "if False:"),
        )
    ),
    *(
        Mutant(
            f"AWS: {what}",
            "src/booking/adapters/postgres/sql/events_target.sql",
            find,
            instead,
            "tests/postgres/test_events_target.py",
        )
        for what, find, instead in (
            ("a disabled target stays so", " OR s.disabled_at IS NOT NULL\n", "\n"),
            (
                "a new target rests for the former",
                "failures = 0, failing_since = NULL",
                "failing_since = s.failing_since",
            ),
            ("who is not configured is served", "SET disabled_at = booking_now()", "SET disabled_at = NULL"),
        )
    ),
    Mutant(
        "AWS: who is not configured counts as waiting",
        "src/booking/adapters/postgres/sql/outbox.sql",
        "        WHERE s.disabled_at IS NULL) AS waiting",
        "        ) AS waiting",
        "tests/postgres/test_events_target.py",
    ),
    # webhooks as they are sent
    Mutant(
        "only the newest secret signs",
        "src/booking/adapters/notifiers/webhook.py",
        "for secret in secrets),",
        "for secret in secrets[:1]),",
        SENDING,
    ),
    Mutant(
        "a webhook without a signature",
        "src/booking/adapters/notifiers/webhook.py",
        "        if not secrets:",
        "        if False:",
        SENDING,
    ),
    Mutant(
        "an instance in production sends to its own machine",
        "src/booking/adapters/notifiers/webhook.py",
        "loopback=self._loopback)",
        "loopback=True)",
        SENDING,
    ),
    Mutant(
        "an answer shows the secret",
        "src/booking/adapters/notifiers/answer_text.py",
        "    for secret in secrets:",
        "    for secret in ():",
        SENDING,
    ),
    Mutant(
        "an answer shows the part of a secret at its end",
        "src/booking/adapters/notifiers/answer_text.py",
        "(?:\\Z|{piece}{rest})",
        "(?:{piece}{rest})",
        SENDING,
    ),
    Mutant(
        "an answer turns a terminal red",
        "src/booking/adapters/notifiers/answer_text.py",
        "if char.isprintable():",
        "if True:",
        SENDING,
    ),
    Mutant(
        "a server elsewhere gets all in plain",
        "src/booking/mail_provider.py",
        "return not self.tls and not self._loopback",
        "return False",
        "tests/unit/test_smtp.py -k elsewhere",
    ),
    Mutant(
        "any certificate will do",
        f"{MAIL}/connections.py",
        "    context.load_default_certs()",
        "    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE",
        "tests/unit/test_smtp.py -k certificate",
    ),
    Mutant(
        "a full mailbox is given up",
        f"{MAIL}/replies.py",
        " or (subject, detail) == FULL:",
        ":",
        "tests/unit/test_smtp_replies.py -k passing",
    ),
    Mutant(
        "552 for a recipient is permanent",
        f"{MAIL}/replies.py",
        "    if code == 552:",
        "    if False:",
        "tests/unit/test_smtp_replies.py -k passing",
    ),
    Mutant(
        "a refused sender ends every message",
        f"{MAIL}/replies.py",
        "else MailFailed(MailFault.SENDER_REFUSED)\n",
        "else MailRefused(MailFault.SENDER_REFUSED)\n",
        "tests/unit/test_smtp_replies.py -k passing",
    ),
    Mutant(
        "a policy of the provider's is the address's fault",
        f"{MAIL}/replies.py",
        "(not found and code in {550, 551, 553})",
        "code in {550, 551, 553}",
        "tests/unit/test_smtp_replies.py -k permanent",
    ),
    Mutant(
        "a wrong password is said to be of the address",
        f"{MAIL}/connections.py",
        "with failing(MailFault.LOGIN_REFUSED):",
        "with failing(MailFault.ADDRESS_REFUSED):",
        "tests/unit/test_smtp.py -k password",
    ),
    Mutant(
        "a name makes a header",
        f"{MAIL}/mime.py",
        'in {"Cc", "Zl", "Zp"}',
        "in {}",
        "tests/unit/test_mime.py -k header",
    ),
    Mutant(
        "a connection is used in the middle of a message",
        f"{MAIL}/connections.py",
        "            except BaseException:\n                one.client.close()",
        "            except BaseException:\n                self._keep(one)",
        "tests/unit/test_smtp.py -k middle",
    ),
    Mutant(
        "a message waits beyond what was asked",
        f"{MAIL}/pace.py",
        "if at - now > PATIENCE:",
        "if False:",
        "tests/unit/test_smtp.py -k limit_of",
    ),
    # messages to people
    Mutant(
        "a message holds markup of others",
        f"{WORDS}/words.py",
        'select_autoescape(["html"]',
        'select_autoescape(["x"]',
        SAID,
    ),
    Mutant("a message's subject has a line of others", f"{WORDS}/plain_text.py", '_BLANKS.sub(" ", ', "str(", SAID),
    Mutant(
        "a message's line is turned around", f"{WORDS}/plain_text.py", 'if category == "Cf"', 'if category == "x"', SAID
    ),
    Mutant(
        "a message goes by UTC",
        f"{WORDS}/moments.py",
        "return instant.astimezone(self._zone)",
        "return instant",
        SAID,
    ),
    Mutant(
        "a message's tomorrow is 24 hours away",
        f"{WORDS}/moments.py",
        "(self._local(instant).date() - self._local(self._at).date())",
        "(instant - self._at)",
        SAID,
    ),
    Mutant("a message's logo is any link", f"{WORDS}/words.py", ' and url.startswith("https://")', "", SAID),
    Mutant("a message's colour is any text", f"{WORDS}/colours.py", "and _COLOUR.fullmatch(colour)", "", SAID),
    Mutant(
        "a message's links are not legible",
        f"{WORDS}/colours.py",
        "if contrast(text, background) >= LEAST_CONTRAST:",
        "if True:",
        "tests/unit/test_colours.py",
    ),
    Mutant(
        "a message tells of a screening",
        f"{WORDS}/templates/kinds/cancelled.applicant.txt",
        "{% else %}",
        '{% elif by == "screening" %}Screened{% else %}',
        SAID,
    ),
    Mutant(
        "a message names a secret path",
        f"{WORDS}/words.py",
        "urlsplit(facts.endpoint_url).hostname",
        "facts.endpoint_url",
        SAID,
    ),
    Mutant(
        "a text that lost a placeholder is shipped",
        "tools/translations.py",
        " and len(placeholders) == 1",
        "",
        "tests/unit/test_translations.py",
    ),
    *(
        Mutant(f"outbox: {what}", f"src/booking/{file}", find, instead, "tests/unit/test_outbox.py")
        for what, file, find, instead in (
            (
                "any Host reads it",
                "entrypoints/dev/outbox.py",
                "return name in LOOPBACK and port.isdigit()",
                "return True",
            ),
            ("a page of others reads it", "entrypoints/dev/outbox.py", "(site in OWN and own)", "own"),
            ("a page of others empties it", "entrypoints/dev/outbox.py", '["method"] == "GET"', '["method"]'),
            ("it is framed by others", "entrypoints/dev/outbox.py", ' == "document"', " is not None"),
            ("a message runs scripts", "entrypoints/dev/outbox_pages.py", "default-src 'none'; style", "style"),
            ("what is said is markup", "entrypoints/dev/outbox_pages.py", "autoescape=True", "autoescape=False"),
            ("all is kept for ever", "adapters/mail/catcher.py", "deque(maxlen=MOST)", "deque()"),
        )
    ),
    # people are told
    Mutant("a notice of a state that is past", NOTICE_RULES, "visit.status in WANTED[rule.kind] and", "", TOLD_BY),
    Mutant("a notice of a slot that was left", NOTICE_RULES, " and visit.slot_id == event.slot_id", "", TOLD_BY),
    Mutant(
        "a notice to an erased person",
        NOTICE_RULES,
        "now.visit is not None and not now.visit.erased",
        "now.visit is not None",
        TOLD_BY,
    ),
    Mutant(
        "an agent is told of an own act",
        NOTICE_RULES,
        "not in (None, event.actor.subject)",
        "is not None",
        contract("notices", "own_acts"),
    ),
    Mutant(
        "a reminder of the past", NOTICE_TIMES, "if planned_at < at else None\n\n\ndef offer", "\n\n\ndef offer", DUE
    ),
    Mutant("a notice that is never too late", NOTICE_TIMES, "min([at + LATE, *", "min([at + 99 * LATE, *", DUE),
    Mutant(
        "a day before is 24 hours before",
        NOTICE_TIMES,
        "if days else start",
        "if days < 0 else start - timedelta(days=days)",
        DUE,
    ),
    Mutant("a reminder after the quiet hours began", NOTICE_TIMES, "if one <= at)", "if one > at)", DUE),
    Mutant(
        "a cause that has another id each time",
        NOTICE,
        "{self.cause} {self.recipient_id}",
        "{self.due_at} {self.recipient_id}",
        "tests/unit/test_notice_lives.py",
    ),
    Mutant(
        "a moved visit is not asked for again",
        NOTICES_SQL,
        "b.sequence = n.sequence AND ",
        "",
        contract("notices", "no_longer or changes or moved"),
    ),
    Mutant(
        "a late notice goes out",
        NOTICES_SQL,
        "WHEN n.not_after <= booking_now() THEN ARRAY['obsolete', 'late']\n     WHEN",
        "WHEN",
        contract("notices", "late"),
    ),
    Mutant(
        "an unwanted channel is used",
        NOTICES_SQL,
        "WHEN person.channels IS NOT NULL AND",
        "WHEN false AND",
        contract("notices", "not_wanted"),
    ),
    Mutant(
        "an address that refuses is written to",
        NOTICES_SQL,
        "x.channel = n.channel\n",
        "x.channel <> n.channel\n",
        contract("notices", "refuses"),
    ),
    Mutant(
        "an old attempt has an outcome", NOTICES_SQL, " AND n.attempts = done.attempts", "", contract("notices", "died")
    ),
    Mutant(
        "a notice is taken twice",
        NOTICES_SQL,
        "AND (n.under_way_until > clock_timestamp()) IS NOT true\n",
        "",
        contract("notices", "died"),
    ),
    Mutant(
        "an old question holds",
        f"{SERVICE}/notice_sender.py",
        "if self.clock() - asked_at > FRESH.total_seconds():",
        "if not FRESH:",
        contract("notices", "question"),
    ),
    Mutant(
        "an erased person keeps notices",
        "db/migrations/0027_notices.sql",
        "DELETE FROM notices WHERE organization_id = organization AND recipient_id = applicant;",
        "",
        "tests/postgres/test_notices.py -k erased",
    ),
)
