"""The outbox, the feed and the webhooks in PostgreSQL. Start at outbox.py."""
