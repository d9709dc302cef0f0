"""Slots, bookings and waitlists in PostgreSQL. Start at rosters/, which writes them all under one lock."""
