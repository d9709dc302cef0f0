"""What is broken on purpose, one at a time, and which tests have to see it. The traps come first."""

from dataclasses import dataclass

SQL, LOCKED = "db/migrations/0002_places.sql", "src/booking/adapters/postgres/locked.py"
AVAILABILITY, ROSTER, CHANGES = (
    f"src/booking/domain/{name}.py" for name in ("availability", "roster", "roster_changes")
)
BOOKING, APPLICANT = (f"src/booking/domain/{name}.py" for name in ("booking", "applicant"))
PG, SERVICE, HTTP = "src/booking/adapters/postgres", "src/booking/service", "src/booking/entrypoints/http"
FRAGMENTS = f"{PG}/sql/fragments.sql"
ORDER, SEALS = "db/migrations/0017_order.sql", "tests/postgres/test_seals.py"
HEARD, OUTBOX = "db/migrations/0020_subscriptions.sql", "src/booking/adapters/postgres/sql/outbox.sql"
BESIDE = "tests/postgres/test_subscriptions.py"
PRIVILEGES = "tests/postgres/test_privileges.py"
PLACES, KEPT = "tests/postgres/test_places.py", "tests/postgres/test_kept.py"
PLAIN, PLAINLY = f"{PG}/direct_booking.py", "tests/postgres/test_plain.py"
ENDED, SCHEMA = "tests/postgres/test_ended.py", "tests/postgres/test_schema.py"
LOCKING = "    return statement.with_for_update(key_share=True, of=tables, skip_locked=skip)"


@dataclass(frozen=True)
class Mutant:
    """`what` in words; `find` stands once at least in the file, and is replaced wherever it stands."""

    what: str
    file: str
    find: str
    instead: str
    tests: str


def but(table: str) -> str:
    """Everything is locked but that table."""
    kept = f"    tables = tuple(one for one in tables if one is not {table})\n"
    return kept + LOCKING + " if tables else statement"


def contract(name: str, only: str = "") -> str:
    return f"tests/contract/test_{name}.py" + (f" -k {only}" if only else "")


MUTANTS = (
    # the database's own guarantees
    Mutant(
        "T1 a place may be claimed twice", SQL, "CREATE UNIQUE INDEX bookings_one_a_place", "CREATE INDEX b1", PLACES
    ),
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
    Mutant("T7 the buffer does not count", SQL, "coalesce(busy_until, end_time)", "end_time", PLACES),
    Mutant(
        "a hold without a deadline",
        SQL,
        "(deadline IS NOT NULL) = (status IN",
        "true OR (deadline IS NOT NULL) = (status IN",
        PLACES,
    ),
    Mutant(
        "T7 a property's slots overlap",
        "db/migrations/0001_booking.sql",
        "property_id WITH =, tstzrange",
        "id WITH =, tstzrange",
        contract("slots", "postgres"),
    ),
    Mutant(
        "T26 one external id over all tenants",
        "db/migrations/0001_booking.sql",
        "UNIQUE (organization_id, external_id)",
        "UNIQUE (external_id)",
        "tests/postgres/test_schema.py tests/contract",
    ),
    # plain visits
    *(
        Mutant(what, PLAIN, condition, "", PLAINLY)
        for what, condition in (
            ("T12 a slot that is not open", "        OPEN_AS_WRITTEN,\n"),
            ("T3 a slot that somebody is on", "        sa.not_(_anybody_on_it),\n"),
            ("T83 a slot that somebody waits for", "        sa.not_(_anybody_waits),\n"),
            ("T40 a login that is not theirs any more", "        applicants.c.user_id == _asked.c.login,\n"),
            ("T4 a person who is screened out", "        lets_in(applicants),\n"),
            ("a person who is elsewhere", "        _elsewhere.is_not(True),\n"),
            ("what is over is not tidied", "        sa.not_(_unsettled),\n"),
            ("a visit that has to be approved", "        applicants.c.risk_level != sa.func.all(_approved),\n"),
            ("T84 limits without a lock", "        sa.not_(LIMITED),\n"),
        )
    ),
    Mutant("whoever waits for a lock keeps up others", PLAIN, "skip_locked=True", "skip_locked=False", PLAINLY),
    Mutant(
        "a group visit fills its slot", PLAIN, 'sa.case((_full, "booked"), else_=slots.c.status)', '"booked"', PLAINLY
    ),
    Mutant(
        "only the first visit before is looked at",
        PLAIN,
        ".order_by(bookings.c.start_time.desc())",
        ".order_by(bookings.c.start_time)",
        PLAINLY,
    ),
    Mutant("T4 nobody locks what they book", PLAIN, "of=(slots, applicants)", "of=(applicants,)", PLAINLY),
    Mutant("T40 nobody locks who books", PLAIN, "of=(slots, applicants)", "of=(slots,)", PLAINLY),
    # locks, guards
    Mutant(
        "T3 the roster is read without its lock",
        LOCKED,
        LOCKING,
        but("slots"),
        "tests/postgres/test_roster_lock.py",
    ),
    Mutant(
        "T84 the person is not locked",
        LOCKED,
        LOCKING,
        but("applicants"),
        "tests/postgres/test_two_processes.py",
    ),
    Mutant(
        "T4 a claim's update names no state",
        "src/booking/adapters/postgres/saved.py",
        "        bookings.c.status == _changed.c.was_status,\n",
        "",
        "tests/postgres/test_guards.py",
    ),
    Mutant(
        "T8 offers take no lock",
        f"{PG}/slots.py",
        "sa.func.pg_advisory_xact_lock(",
        "sa.func.abs(",
        contract("policies", "larger"),
    ),
    Mutant(
        "T62 two sequencers at once",
        HEARD,
        "SELECT * INTO head FROM positions FOR UPDATE SKIP LOCKED;",
        "SELECT * INTO head FROM positions;",
        "tests/contract/test_outbox.py",
    ),
    Mutant(
        "T62 who saw what another one has placed since goes on from there",
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
                "AND d.subscription_id = e.subscription_id AND d.died_at IS NULL)",
                "AND false)",
                "postgres",
            ),
            (
                "what waits is told all the same",
                "src/booking/entrypoints/relay.py",
                "delivery.behind:",
                "False:",
                "memory",
            ),
            (
                "a subscription that hangs keeps the others waiting",
                "src/booking/entrypoints/relay.py",
                "timeout=patience)",
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
                "AND earlier.position < d.position AND earlier.died_at IS NULL)",
                "AND false)",
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
                "AND s.kind = ANY (:kinds::text[])",
                "AND (true OR s.kind = ANY (:kinds::text[]))",
                "own_organization",
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
        "T87 a key is everybody's",
        f"{PG}/idempotency.py",
        "                answers.c.subject == asked.subject,\n",
        "",
        contract("answers", "postgres"),
    ),
    Mutant(
        "T11 a key in use is not locked",
        f"{PG}/idempotency.py",
        "if not lock[0]:",
        "if False:",
        contract("answers", "postgres"),
    ),
    Mutant(
        "what failed stays",
        f"{PG}/idempotency.py",
        "            if not given.final:\n                raise _NotKept(given)\n",
        "            if not given.final:\n                return given\n",
        "tests/postgres/test_together.py",
    ),
    Mutant(
        "a key with another request is answered",
        f"{PG}/idempotency.py",
        "if not asked.fits(row.fingerprint, row.value_fingerprint):",
        "if False:",
        contract("answers", "postgres"),
    ),
    Mutant(
        "T61 a seal is not keyed",
        "src/booking/domain/audit.py",
        "hmac.new(secret, previous",
        "hmac.new(b'x', previous",
        contract("audit", "memory"),
    ),
    Mutant(
        "T61 a seal does not cover the one before",
        "src/booking/domain/audit.py",
        "previous = before.digest if before else START",
        "previous = START",
        "tests/contract/test_audit.py",
    ),
    Mutant(
        "T61 an actor is not sealed",
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
    Mutant("T80 what is over still blocks", BOOKING, "self.deadline <= at\n", "False\n", contract("holds", "memory")),
    Mutant(
        "a claim leaves its slot's row as it was",
        f"{PG}/saved.py",
        " or (not now.cancelled and (roster.claims, roster.queue) != (then.claims, then.queue))",
        "",
        KEPT,
    ),
    Mutant("a page is kept for being kept", f"{PG}/page_cache.py", "page.mark != mark or ", "", KEPT),
    Mutant(
        "a page is shown with what another may do",
        f"{HTTP}/routes/property_slots.py",
        "if known is None or known[0] != actions:",
        "if known is None:",
        KEPT,
    ),
    Mutant("one is told of another's slot", f"{PG}/views.py", "at_slots[-1 - number]", "at_slots[number]", KEPT),
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
        "self._idle.pop(next(same, 0))",
        "self._idle.pop(0)",
        "tests/postgres/test_lines.py",
    ),
    Mutant("a page is kept over holds", f"{PG}/listed.py", "sa.not_(_listed.c.unsettled)", "sa.true()", KEPT),
    Mutant("a page is kept in vain", f"{PG}/listed.py", "_listed.c.mark == _open.c.mark", "sa.true()", KEPT),
    Mutant(
        "a page is kept over who waits",
        f"{PG}/counts.py",
        "sa.select(waitlist.c.id).where(_queued)",
        "sa.select(waitlist.c.id).where(_queued, sa.false())",
        KEPT,
    ),
    Mutant(
        "whoever comes too late tidies all the same",
        "src/booking/domain/place_request.py",
        "        _refuse_rival(request, roster, commitments)\n",
        "",
        contract("holds", "too_late"),
    ),
    Mutant(
        "whoever was overtaken is decided on all the same",
        f"{PG}/claim_queue.py",
        "if self._overtaken(request)",
        "if False",
        "tests/unit/test_claiming.py",
    ),
    Mutant(
        "whoever was overtaken goes back again and again",
        f"{SERVICE}/place_claims.py",
        "repeated or slot_id in self.contested",
        "slot_id in self.contested",
        contract("bookings", "overtaken"),
    ),
    Mutant(
        "T80 what is over still shows, in SQL",
        f"{PG}/counts.py",
        "bookings.c.deadline > booking_now())",
        "bookings.c.deadline.is_not(None))",
        contract("holds", "postgres"),
    ),
    Mutant(
        "T81 a hold that became a booking is ended",
        BOOKING,
        "return self.live and self.deadline is not None and",
        "return self.deadline is not None and",
        "tests/contract tests/unit",
    ),
    Mutant(
        "T83 nobody is offered what is free",
        ROSTER,
        "        for entry in self.waiting:\n            free",
        "        for entry in ():\n            free",
        contract("waitlists", "memory"),
    ),
    Mutant(
        "T83 the youngest is offered first",
        ROSTER,
        "for entry in self.waiting:\n",
        "for entry in reversed(self.waiting):\n",
        contract("waitlists", "memory"),
    ),
    Mutant(
        "T83 a place somebody waits for is public",
        AVAILABILITY,
        "            free -= places.waiting\n",
        "            pass\n",
        contract("waitlists"),
    ),
    Mutant(
        "T84 any number of holds",
        AVAILABILITY,
        "full = len(held) >= self.policy.max_live_holds",
        "full = False",
        contract("holds", "memory"),
    ),
    Mutant(
        "T84 held for ever",
        AVAILABILITY,
        '            self._cooldown("hold_cooldown", refusals.HoldCooldown, commitments.past_holds),\n',
        "",
        contract("holds", "memory"),
    ),
    Mutant(
        "T85 one's own hold blocks",
        AVAILABILITY,
        "        if not mine:\n            verdicts.append(self._place())\n",
        "        verdicts.append(self._place())\n",
        contract("holds", "memory"),
    ),
    Mutant(
        "T6 a visit that began is booked",
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
        "T83 a look offers nothing on",
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
        "T80 what has expired still keeps its slot booked",
        f"{PG}/counts.py",
        'sa.or_(slots.c.status == "available", sa.and_(_booked, _is_freed))',
        'slots.c.status == "available"',
        contract("by_the_clock", "postgres"),
    ),
    Mutant(
        "T80 what has expired changes at each look",
        BOOKING,
        "return self.ended(OVER[self.status], at=self.deadline)",
        "return self.ended(OVER[self.status], at=at)",
        contract("by_the_clock", "memory"),
    ),
    Mutant(
        "those who wait are offered places beyond the horizon",
        f"{PG}/availabilities.py",
        "booking_now() < _last_call, slots.c.start_time <= _farthest",
        "booking_now() < _last_call",
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
        "T43 an older screening wins",
        APPLICANT,
        "newest = (counted_from",
        "newest = True or (counted_from",
        "tests/contract tests/unit",
    ),
    Mutant(
        "T21 a second login takes the link",
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
        f"{PG}/rights.py",
        "    .with_for_update(read=True, of=agents)",
        "",
        "tests/postgres/test_rights.py",
    ),
    Mutant(
        "an unlinking does not wait for the applicant's change under way",
        LOCKED,
        LOCKING,
        but("applicants"),
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
        f"{PG}/applicants.py",
        "sa.or_(named, alone)",
        "sa.true()",
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
        "T25 another's booking is shown",
        f"{PG}/bookings.py",
        ", bookings.c.id == booking_id, sa.or_(*in_view)",
        ", bookings.c.id == booking_id",
        "tests/contract",
    ),
    Mutant(
        "T25 another organization's slot is seen",
        f"{PG}/views.py",
        "keyed(slots, _slots)",
        "slots.c.id == _slots.c.id",
        contract("slots", "postgres"),
    ),
    Mutant(
        "T25 another organization's slot is found",
        f"{PG}/slots.py",
        "keyed(slots, _keys)",
        "slots.c.id == _keys.c.id",
        "tests/contract/test_bookings.py tests/contract/test_groups.py tests/contract/test_rescheduling.py -k postgres",
    ),
    Mutant(
        "T28 a private key, or one for another algorithm, is taken",
        "src/booking/adapters/tokens/verification.py",
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
        f"{HTTP}/server/protocol.py",
        "            except asyncio.CancelledError:  # by the server",
        "            except ZeroDivisionError:  # by the server",
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
            ("no role is asked for", "        for require in self._roles:\n            require(caller)\n", ""),
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
    # requests: their order, and what they cost
    *(
        Mutant(f"requests: {what}", f"{HTTP}/{file}.py", find, instead, f"tests/unit/test_{tests}.py")
        for what, file, find, instead, tests in (
            (
                "somebody is looked for before their body is here",
                "pipeline/steps",
                '        body = b"" if receive is None else await _whole(receive)\n',
                '        await self.identity.identify(claims, "")\n'
                '        body = b"" if receive is None else await _whole(receive)\n',
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
                "        if not WRITTEN[form].fullmatch(given):",
                "        if False:",
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
                "            await self._require_room(asked)\n",
                "",
                contract("answers", "postgres"),
            ),
            (
                "room is not counted anew",
                f"{PG}/idempotency.py",
                "(asked.most - row.kept) // SHARE",
                "asked.most",
                "tests/postgres/test_together.py",
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
                "        sa.not_(_given_up),\n",
                "",
                contract("cooldowns", "postgres"),
            ),
            (
                "no cool-down under locks",
                f"{PG}/commitments.py",
                "sa.or_(_given_up, sa.and_(",
                "sa.or_(sa.false(), sa.and_(",
                contract("cooldowns", "postgres"),
            ),
            (
                "no cool-down of those who wait",
                f"{PG}/locked.py",
                "waited(standing_of(person, theirs.get(number, ()), at), given_up.get(number, ()))",
                "standing_of(person, theirs.get(number, ()), at)",
                contract("cooldowns", "postgres"),
            ),
            (
                "those who left are told that they may wait",
                f"{PG}/views.py",
                "sa.or_(QUEUE.c.waiting > 0, _given_up)",
                "(QUEUE.c.waiting > 0)",
                contract("cooldowns", "postgres"),
            ),
        )
    ),
    Mutant(
        "requests: a statement of its own within a joint transaction",
        f"{PG}/engine/database.py",
        "        if not alone():\n            raise RuntimeError",
        "        if False:\n            raise RuntimeError",
        "tests/postgres/test_together.py",
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
        "T44 a failing loop spins",
        "src/booking/entrypoints/jobs.py",
        "            failures += 1\n",
        "            failures = 1\n",
        "tests/unit/test_workers.py",
    ),
    Mutant(
        "T63 five attempts and dead",
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
        '    "agent_id": _taken.c.agent_id,\n',
        "",
        contract("rescheduling", "postgres"),
    ),
    Mutant(
        "T61 a move is not sealed",
        "src/booking/domain/audit.py",
        "(_move(happened), _times(happened), _own(event)) if whole",
        '("", _times(happened), _own(event)) if whole',
        contract("audit", "memory"),
    ),
    Mutant(
        "T23 two first calls tell of one agent twice",
        f"{PG}/agents.py",
        "    await transaction.execute(sa.select(one_at_a_time))",
        "    sa.select(one_at_a_time)",
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
        "_is_newer(claims.issued_at, claimed_at)",
        "False",
        contract("people", "holds_already"),
    ),
    Mutant(
        "T24 a role that a newer release knows is everybody's fault",
        f"{PG}/identity.py",
        "elif row.role in _ROLES:",
        "else:",
        "tests/postgres/test_newer.py",
    ),
    Mutant(
        "a state that a newer release knows is everybody's fault",
        f"{PG}/claims.py",
        "_STATUS = Members(BookingStatus)",
        "_STATUS = {status.value: status for status in BookingStatus}",
        "tests/postgres/test_newer.py",
    ),
    Mutant(
        "T24 a risk that a newer release knows lets in",
        f"{PG}/people.py",
        '= applicant.c.risk_level.in_(("LOW", "MEDIUM"))',
        '= applicant.c.risk_level != "HIGH"',
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
        "src/booking/entrypoints/dev/signed.py",
        'not _same(found["signature"], self._signature(environ, body, found))',
        "False",
        "tests/unit/test_embedded_sqs.py",
    ),
    Mutant(
        "the embedded SQS takes anybody's key id",
        "src/booking/entrypoints/dev/signed.py",
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
        "each look at a dead letter counts as a receive",
        "src/booking/entrypoints/dead_letters.py",
        'receives=min(int(attributes.get("ApproximateReceiveCount", 0)), most)',
        'receives=int(attributes.get("ApproximateReceiveCount", 0))',
        "tests/commands/test_upkeep.py -k looking",
    ),
)
