"""Taking what is to be handed on: positions for what has none yet, and leases, in one statement."""

import sqlalchemy as sa

from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.events import event_of
from booking.adapters.postgres.tables import booking_now, deliveries, events, positions

_earlier = deliveries.alias("earlier")
_first_in_line = ~sa.exists(
    sa.select(_earlier.c.position).where(
        _earlier.c.organization_id == deliveries.c.organization_id,
        _earlier.c.line == deliveries.c.line,
        _earlier.c.position < deliveries.c.position,
        _earlier.c.died_at.is_(None),
    )
)

_most = sa.bindparam("most", None, sa.Integer)
_until = booking_now() + sa.bindparam("lease", None, sa.Interval)

_seen = sa.select(positions.c.last).scalar_subquery()
_given = sa.func.place_events(_seen, _most).table_valued(*(sa.column(c.name, c.type) for c in events.c), name="given")
_LINES = ("booking_id", "slot_id", "applicant_id", "property_id", "agent_id", "organization_id")
_line = sa.func.coalesce(*(_given.c[name] for name in _LINES))
_placed = sa.select(*_given.c, _line.label("line")).cte("placed")
_line_of_placed = (_placed.c.organization_id, _placed.c.line)
_first_of_these = sa.func.row_number().over(partition_by=_line_of_placed, order_by=_placed.c.position) == 1
_nothing_earlier = ~sa.exists(
    sa.select(deliveries.c.position).where(
        deliveries.c.organization_id == _placed.c.organization_id,
        deliveries.c.line == _placed.c.line,
        deliveries.c.died_at.is_(None),
    )
)
_entered = sa.select(*_placed.c, sa.case((sa.and_(_first_of_these, _nothing_earlier), 1), else_=0).label("token")).cte(
    "entered"
)
_DUE = ("organization_id", "event_id", "occurred_at", "position", "line", "token", "due_at")
_delivering = (
    sa.insert(deliveries)
    .from_select(
        _DUE,
        sa.select(
            _entered.c.organization_id,
            _entered.c.id,
            _entered.c.occurred_at,
            _entered.c.position,
            _entered.c.line,
            _entered.c.token,
            sa.case((_entered.c.token > 0, _until), else_=booking_now()),
        ),
    )
    .cte("delivering")
)

_due = (
    sa.select(deliveries.c.organization_id, deliveries.c.event_id)
    .where(deliveries.c.died_at.is_(None), deliveries.c.due_at <= booking_now(), _first_in_line)
    .order_by(deliveries.c.position)
    .limit(_most)
    .with_for_update(skip_locked=True)
    .cte("due")
)
_leased = (
    sa.update(deliveries)
    .where(deliveries.c.organization_id == _due.c.organization_id, deliveries.c.event_id == _due.c.event_id)
    .values(due_at=_until, token=deliveries.c.token + 1)
    .returning(
        deliveries.c.organization_id,
        deliveries.c.event_id,
        deliveries.c.occurred_at,
        deliveries.c.attempts,
        deliveries.c.token,
    )
    .cte("leased")
)
TAKE = Prepared(
    sa.union_all(
        sa.select(
            *(_entered.c[column.name] for column in events.c),
            sa.literal_column("0", sa.SmallInteger).label("attempts"),
            _entered.c.token,
            sa.true().label("placed"),
        ),
        sa.select(*events.c, _leased.c.attempts, _leased.c.token, sa.false()).select_from(
            _leased.join(events, event_of(_leased))
        ),
    )
    .order_by("position")
    .add_cte(_delivering),
    ("most", "lease"),
)
"""Places what waits for it, each under a lease unless another one of its line is before it, and leases what is due.

The statement sees one state, and the function places nothing where another one has placed since."""
