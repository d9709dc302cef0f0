"""Properties and policies in PostgreSQL."""
