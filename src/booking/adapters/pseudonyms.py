"""Pseudonyms: keyed hashes by which the log tells one person from another."""

from functools import lru_cache
from hashlib import blake2b, sha256

LENGTH = 8  # bytes
PURPOSE = b"pseudonyms of the log"


class Pseudonyms:
    """Keyed hashes of subjects. `secret` is not in the log, nor in the database."""

    def __init__(self, secret: str) -> None:
        key = sha256(PURPOSE + secret.encode()).digest()

        @lru_cache(4096)
        def of(subject: str) -> str:
            return blake2b(subject.encode(), digest_size=LENGTH, key=key).hexdigest()

        self.of = of
