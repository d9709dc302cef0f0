"""Business rules: values, their transitions and their refusals; no database, no HTTP. Start at roster_changes.py."""
