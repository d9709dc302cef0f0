"""What stands behind the ports: PostgreSQL, memory, tokens, the notifier."""
