"""Things that all tables share."""

from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

metadata = sa.MetaData()

Instant = sa.DateTime(timezone=True)


class Columned(Protocol):
    """Table, alias or subquery with named columns."""

    @property
    def c(self) -> Any: ...


def keyed(table: Columned, those: Columned, named: str = "id") -> sa.ColumnElement[bool]:
    """Make the join condition on (organization_id, id); `named` is the id's name in the other."""
    return sa.and_(table.c["organization_id"] == those.c["organization_id"], table.c["id"] == those.c[named])


def booking_now() -> sa.Function[datetime]:
    """Return the clock that decides every deadline."""
    return sa.func.booking_now(type_=Instant)
