"""Notices over HTTP: plans, texts, links, calendars, and the reports of providers. Start at notices.py."""
