"""What stands behind the ports: PostgreSQL, memory, tokens, the notifier."""

from booking.absent import hollow

with hollow("cryptography.x509"):  # for keys in certificates, of which there are none here: 20 ms of each start
    import jose.jwk  # noqa: F401
