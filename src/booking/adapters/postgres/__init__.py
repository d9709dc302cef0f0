"""PostgreSQL behind the ports: SQLAlchemy Core builds the statements, asyncpg carries them."""

from booking.absent import hollow

# What the engine's package passes on of sessions brings the whole ORM along: 60 ms of each start, and 6 MB.
with hollow("sqlalchemy.ext.asyncio.scoping", "sqlalchemy.ext.asyncio.session"):
    import sqlalchemy.ext.asyncio  # noqa: F401
