"""Slots, bookings, holds and waitlists over HTTP. Start at bookings.py; property_slots.py is asked for most."""
