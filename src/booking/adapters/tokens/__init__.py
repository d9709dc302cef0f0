"""Bearer tokens: verified for requests, and minted for development. Start at verification.py."""
