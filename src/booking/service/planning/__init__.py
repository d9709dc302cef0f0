"""Use cases of planning. Start at blocks.py."""
