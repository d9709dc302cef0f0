"""PostgreSQL behind the ports: SQLAlchemy Core builds the statements, asyncpg carries them."""
