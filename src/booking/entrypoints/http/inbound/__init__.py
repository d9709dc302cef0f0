"""Requests of other services, known by their signatures instead of a token. Start at signed_requests.py.

Called by the routes of `/inbound/…`. Each of the other modules verifies one kind of signature.
"""
