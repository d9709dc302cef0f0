"""People: agents, applicants, the caller of a request. Start at caller.py."""
