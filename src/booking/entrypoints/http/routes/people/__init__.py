"""Agents, applicants, the caller and their organization over HTTP. Start at me.py."""
