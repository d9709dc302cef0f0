"""Rosters in PostgreSQL: the claims on a slot and its waitlist. Start at `rosters.py`.

A claim goes through the queue (`claim_queue.py`), and books by one statement where nothing stands in its way
(`direct_booking.py`). Everything else is decided by the domain under locks (`locks.py`) and written as it was decided
(`writes.py`).
"""
