"""Use cases around slots and visits. Start at bookings.py."""
