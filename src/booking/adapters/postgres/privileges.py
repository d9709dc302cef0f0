"""Least privilege: the serving role can do all that the service needs, and nothing that would unmake its promises."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import sqlalchemy as sa
import structlog

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.tables import metadata
from booking.faults import Explained

log = structlog.get_logger("booking.privileges")

SHOWN = 3  # of what is too much; the rest is counted
ADVICE = "serve as a role of its own, and keep the owner's for `booking migrate` (BOOKING_MIGRATION_DATABASE_URL)"

_ALL = None
_READ: "Rights" = {"SELECT": _ALL}
_ADD: "Rights" = {**_READ, "INSERT": _ALL}
_WORK_IN_HAND: "Rights" = {**_ADD, "UPDATE": _ALL, "DELETE": _ALL}


def _but(table: str, *names: str) -> Sequence[str]:
    return [column.name for column in metadata.tables[table].columns if column.name not in names]


Rights: TypeAlias = Mapping[str, Sequence[str] | None]
MAY: Mapping[str, Rights] = {
    "organizations": {**_ADD, "UPDATE": _but("organizations", "organization_id")},
    "properties": {**_ADD, "UPDATE": _but("properties", "organization_id", "id", "created_at")},
    "agents": {**_ADD, "UPDATE": _but("agents", "organization_id", "id", "subject", "created_at", "erased_at")},
    "applicants": {
        "SELECT": _ALL,
        "INSERT": _but("applicants", "unlinked_from", "erased_at", "created_at", "updated_at"),
        "UPDATE": _but("applicants", "organization_id", "id", "external_id", "erased_at", "created_at"),
    },
    "profiles": {**_ADD, "UPDATE": _but("profiles", "organization_id", "agent_id")},
    "contacts": {**_ADD, "UPDATE": _but("contacts", "organization_id", "applicant_id")},
    "former_logins": {**_READ, "INSERT": ("organization_id", "applicant_id", "subject")},
    "agent_times": {**_ADD, "DELETE": _ALL},
    "jobs": {
        **_READ,
        "INSERT": ("organization_id", "id", "kind", "total", "input", "subject", "role"),
        "UPDATE": ("state", "done", "failures", "updated_at", "ended_at"),
    },
    "blocks": {**_ADD, "DELETE": _ALL},
    "slots": {
        **_ADD,
        "UPDATE": (
            *("agent_id", "start_time", "end_time", "busy_until"),
            *("status", "cancelled_at", "capacity", "reason", "updated_at"),
        ),
    },
    "agent_calendars": {
        **_ADD,
        "UPDATE": _but("agent_calendars", "organization_id", "agent_id", "url", "host", "created_at"),
        "DELETE": _ALL,
    },
    "bookings": {
        **_ADD,
        "UPDATE": (
            *("slot_id", "status", "place", "capacity", "start_time", "end_time", "deadline", "sequence", "notes"),
            *("reason", "outcome", "outcome_at", "rating", "comment", "feedback_at", "created_at", "updated_at"),
            *("attendance_confirmed_at", "may_release", "party_size"),
        ),
    },
    "waitlist": {**_ADD, "UPDATE": ("status", "offer_id", "reason", "updated_at")},
    "policies": {**_ADD, "UPDATE": _but("policies", "organization_id", "property_id")},
    "schedules": {**_ADD, "UPDATE": _but("schedules", "organization_id", "id", "created_at")},
    "schedule_occurrences": {
        **_ADD,
        "UPDATE": ("start_time", "end_time", "state", "reason", "slot_id", "job_id", "created_at"),
    },
    "events": {
        **_READ,
        "INSERT": _but("events", "seq", "occurred_at", "position", "organization_position", "relayed_at"),
    },
    "positions": _READ,
    "organization_positions": _READ,
    "feed": _READ,
    "stream_tickets": {**_ADD, "DELETE": _ALL},
    "seals": _READ,
    "restores": _READ,
    "subscriptions": {
        **_READ,
        "INSERT": ("organization_id", "id", "kind", "event_types", "target", "position"),
        "UPDATE": _but("subscriptions", "organization_id", "id", "kind", "created_at"),
        "DELETE": _ALL,
    },
    "webhook_endpoints": {
        **_ADD,
        "UPDATE": _but("webhook_endpoints", "organization_id", "id", "number", "created_at"),
        "DELETE": _ALL,
    },
    "webhook_attempts": {**_ADD, "DELETE": _ALL},
    "notices": {
        **_READ,
        "INSERT": _but(
            "notices",
            *(
                "state",
                "reason",
                "attempts",
                "attempted_at",
                "under_way_until",
                "provider_id",
                "ended_at",
                "answer_by",
                "created_at",
            ),
        ),
        "UPDATE": (
            *("due_at", "not_after", "state", "reason", "attempts", "attempted_at", "under_way_until"),
            *("provider_id", "ended_at", "answer_by", "held"),
        ),
        "DELETE": _ALL,
    },
    "links": {
        **_READ,
        "INSERT": _but("links", "used_at", "created_at"),
        "UPDATE": ("used_at",),
        "DELETE": _ALL,
    },
    "calendar_feeds": {**_READ, "INSERT": _but("calendar_feeds", "owner_id", "created_at"), "DELETE": _ALL},
    "watches": {
        **_READ,
        "INSERT": _but("watches", "dismissed_at", "created_at", "updated_at"),
        "UPDATE": ("since", "until", "weekdays", "dismissed_at", "updated_at"),
        "DELETE": _ALL,
    },
    "freed_places": {
        **_READ,
        "INSERT": _but("freed_places", "after_created", "after_id"),
        "UPDATE": ("after_created", "after_id"),
        "DELETE": _ALL,
    },
    "notice_plans": {**_ADD, "UPDATE": _but("notice_plans", "organization_id", "property_id")},
    "notice_templates": {
        **_ADD,
        "UPDATE": _but("notice_templates", "organization_id", "kind", "recipient", "language"),
    },
    "suppressions": {**_ADD, "DELETE": _ALL},
    "phone_codes": {
        **_READ,
        "INSERT": _but("phone_codes", "tries", "created_at"),
        "UPDATE": ("tries",),
        "DELETE": _ALL,
    },
    "paid_messages": {**_ADD, "UPDATE": ("asked",), "DELETE": _ALL},
    "notice_channels": {**_ADD, "DELETE": _ALL},
    "unsubscriptions": {**_ADD, "DELETE": _ALL},
    "notice_sweeps": {**_ADD, "UPDATE": ("after_start", "after_id"), "DELETE": _ALL},
    "figure_cells": {**_ADD, "DELETE": _ALL},
    "figures_followed": {**_READ, "UPDATE": ("position",)},
    "leases": {**_ADD, "UPDATE": ("token", "leased_until")},
    "deliveries": _WORK_IN_HAND,
    "answers": _WORK_IN_HAND,
    "budgets": _WORK_IN_HAND,
    "inbound": {"SELECT": _ALL, "INSERT": ("organization_id", "sender", "id"), "DELETE": _ALL},
    "traces": {**_READ, "INSERT": ("organization_id", "request_id", "parent"), "DELETE": _ALL},
    "schema_migrations": _READ,
    "events_seq": {"USAGE": _ALL},
    "place_events": {"EXECUTE": _ALL},
    "number_events": {"EXECUTE": _ALL},
    "add_seal": {"EXECUTE": _ALL},
    "erase_applicant": {"EXECUTE": _ALL},
    "erase_agent": {"EXECUTE": _ALL},
    "forget_former_logins": {"EXECUTE": _ALL},
}
"""What the serving role may do with tables, and with which of their columns; with sequences, and with functions of the
owner. Of partitions it may only read."""

PUBLIC = "PUBLIC"
LEADS_OUT = ("pg_execute_server_program", "pg_read_server_files", "pg_write_server_files")
"""Roles of PostgreSQL whose members can become anybody on its server."""

POWERS = sa.text(
    """
    SELECT role.rolname AS role, current_user::text AS own, role.rolsuper AS superuser,
           pg_has_role(role.oid, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
           OR EXISTS (SELECT FROM pg_namespace
                      WHERE nspname = current_schema() AND pg_has_role(role.oid, nspowner, 'USAGE'))
           OR EXISTS (SELECT FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace
                      AND pg_has_role(role.oid, relowner, 'USAGE'))
           OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = quote_ident(current_schema())::regnamespace
                      AND pg_has_role(role.oid, proowner, 'USAGE'))
           OR EXISTS (SELECT FROM pg_type WHERE typnamespace = quote_ident(current_schema())::regnamespace
                      AND pg_has_role(role.oid, typowner, 'USAGE')) AS owner,
           has_schema_privilege(role.oid, current_schema(), 'CREATE') AS creates
    FROM pg_roles role WHERE pg_has_role(current_user, role.oid, 'MEMBER')
    ORDER BY role.rolname <> current_user, role.rolname"""
)

RIGHTS = sa.text(
    """
    WITH of_extensions AS (SELECT objid FROM pg_depend WHERE deptype = 'e'),
    roles AS (
        SELECT oid, rolname::text FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')
        UNION ALL SELECT 0, 'PUBLIC'),
    relations AS (
        SELECT c.oid, c.relkind, c.relname, coalesce(parent.relname, c.relname) AS known, parent.oid IS NOT NULL AS part
        FROM pg_class c
        LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.oid NOT IN (SELECT objid FROM of_extensions)),
    rights AS (
        SELECT r.rolname, c.relname, c.known, c.part, p.word, a.attname, has_column_privilege(
            r.oid, c.oid, a.attnum, p.word || ' WITH GRANT OPTION') AS grants
        FROM roles r CROSS JOIN relations c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p (word)
        WHERE c.relkind <> 'S' AND has_column_privilege(r.oid, c.oid, a.attnum, p.word)
        UNION ALL
        SELECT r.rolname, c.relname, c.known, c.part, p.word, NULL, has_table_privilege(
            r.oid, c.oid, p.word || ' WITH GRANT OPTION')
        FROM roles r CROSS JOIN relations c CROSS JOIN unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER'] || CASE
            WHEN current_setting('server_version_num')::int >= 170000 THEN ARRAY['MAINTAIN'] ELSE '{}' END) AS p (word)
        WHERE c.relkind <> 'S' AND has_table_privilege(r.oid, c.oid, p.word)
        UNION ALL
        SELECT r.rolname, c.relname, c.known, c.part, p.word, NULL, has_sequence_privilege(
            r.oid, c.oid, p.word || ' WITH GRANT OPTION')
        FROM roles r CROSS JOIN relations c CROSS JOIN unnest(ARRAY['USAGE', 'UPDATE']) AS p (word)
        WHERE c.relkind = 'S' AND has_sequence_privilege(r.oid, c.oid, p.word))
    SELECT rolname AS role, current_user::text AS own, relname AS relation, known, part, word,
           bool_or(grants) AS grants, array_agg(attname::text) FILTER (WHERE attname IS NOT NULL) AS columns
    FROM rights GROUP BY rolname, relname, known, part, word
    UNION ALL
    SELECT r.rolname, current_user::text, f.proname, f.proname, false, 'EXECUTE',
           bool_or(has_function_privilege(r.oid, f.oid, 'EXECUTE WITH GRANT OPTION')), NULL
    FROM roles r CROSS JOIN pg_proc f
    WHERE f.pronamespace = quote_ident(current_schema())::regnamespace AND f.prosecdef
      AND has_function_privilege(r.oid, f.oid, 'EXECUTE') AND f.oid NOT IN (SELECT objid FROM of_extensions)
    GROUP BY r.rolname, f.proname
    ORDER BY 3, 6, 1"""
)


class TooPowerful(Explained):
    """The role in DATABASE_URL has more rights than serving needs."""


async def require_least_privilege(database: Database) -> None:
    """Refuse a role that owns tables, could become their owner, or may do more with them than is listed.

    Rights on what this release does not know, since a newer one made it, are told to the log.
    """
    for row in await database.fetch(POWERS):
        if fault := _fault(row):
            raise TooPowerful(f"the role in DATABASE_URL {_through(row.role, row.own)}{fault}")
    found = [(row, *_beyond(row)) for row in await database.fetch(RIGHTS)]
    if excess := {(f"{row.word} {one}", row.role) for row, excess, _ in found for one in excess}:
        raise TooPowerful(_excess_message(excess, found[0][0].own))
    if unknown := sorted({f"{row.word} {one}" for row, _, unknown in found for one in unknown}):
        log.warning("rights that this release does not know", rights=unknown)


def _fault(row: Row) -> str | None:
    if row.superuser:
        return f"is a superuser: {ADVICE}"
    if row.owner:
        return f"owns the tables: {ADVICE}"
    if row.creates:
        return "may CREATE in the schema of the tables: revoke that"
    if row.role in LEADS_OUT:
        return "may become anybody on the server: revoke that"
    return None


def _beyond(row: Row) -> tuple[Collection[str], Collection[str]]:
    """Return what a right is over that the list does not give, and what the list does not know."""
    listed = MAY.get(row.known)
    if listed is None:
        return (), [row.relation]
    if row.grants:
        return [f"{row.relation} with grant option"], ()
    given = listed.get(row.word, ()) if not row.part or row.word == "SELECT" else ()
    if row.columns is None:
        return ([row.relation] if given == () else ()), ()
    known = (
        {column.name for column in metadata.tables[row.known].columns} if row.known in metadata.tables else row.columns
    )
    over = [one for one in row.columns if one in known and given is not _ALL and one not in given]
    unknown = [f"{row.relation}.{one}" for one in row.columns if one not in known and given is not _ALL]
    named = [row.relation] if len(over) == len(known) else [f"{row.relation}.{one}" for one in over]
    return named, unknown


def _excess_message(excess: Collection[tuple[str, str]], own: str) -> str:
    """Name what is too much, by the role to revoke it from, in one line."""
    holders: dict[str, set[str]] = defaultdict(set)
    for what, role in excess:
        holders[what].add(role)
    rights: dict[str, list[str]] = defaultdict(list)
    for what in sorted(holders):
        found = holders[what]
        rights[PUBLIC if PUBLIC in found else min(found - {own}, default=own)].append(what)
    phrases = [_through(role, own) + f"may {_some(whats)}" for role, whats in sorted(rights.items())]
    return "the role in DATABASE_URL may do more than serving needs: it " + "; it ".join(phrases)


def _some(whats: Sequence[str]) -> str:
    more = len(whats) - SHOWN
    return ", ".join(whats[:SHOWN]) + (f", and {more} more" if more > 0 else "")


def _through(role: str, own: str) -> str:
    return "" if role == own else f"is a member of {role}, which "
