"""Notices: the rules of their recipients, of when they go, and of anything that stops them. Start at rules.py."""
