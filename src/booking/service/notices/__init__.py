"""Notices: listed for people, and handed over by their sender. Start at sender.py."""
