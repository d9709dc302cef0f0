"""What stands behind the ports: PostgreSQL, memory, tokens, the notifier."""

from booking.absent import hollow

# For keys in certificates, and those of SSH, of which there are none here: 28 ms of each start.
with hollow("cryptography.x509", "cryptography.hazmat.primitives.serialization.ssh"):
    import jose.jwk  # noqa: F401
