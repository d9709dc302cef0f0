"""PostgreSQL behind the ports: SQLAlchemy Core builds the statements, asyncpg carries them."""

from booking.absent import hollow

# What the engine's package passes on of sessions brings the whole ORM along: 60 ms of each start, and 6 MB. And the
# dialect has other drivers beside ours, and statements of its own about the catalogue: 12 ms.
with (
    hollow("sqlalchemy.ext.asyncio.scoping", "sqlalchemy.ext.asyncio.session"),
    hollow(*(f"sqlalchemy.dialects.postgresql.{name}" for name in ("pg8000", "psycopg", "psycopg2", "psycopg2cffi"))),
    hollow("sqlalchemy.dialects.postgresql.pg_catalog"),
):
    import sqlalchemy.dialects.postgresql
    import sqlalchemy.ext.asyncio  # noqa: F401
