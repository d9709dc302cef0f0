"""Adapters behind the ports: PostgreSQL, tokens, notifiers."""
