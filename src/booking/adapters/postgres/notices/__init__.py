"""Notices in PostgreSQL, and their queue."""
