"""PostgreSQL engine: a pool, transactions, prepared statements, batches, and the driver's errors in our words.

Knows no table. Called by the repositories beside it. Start at database.py.
"""
