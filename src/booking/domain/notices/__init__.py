"""Notices: rules of their recipients and times, and of all that stops them. Start at rules.py, then planner.py."""
