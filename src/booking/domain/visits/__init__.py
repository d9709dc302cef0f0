"""Visits: slots, the claims on their places, the waitlist. Start at roster_changes.py."""
