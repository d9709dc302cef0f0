"""Requests to hosts outside, by URLs that others gave. Called by the notifier of webhooks.

Start with `client.py`: all goes through `Outgoing`. No way leads inside (ADR 74): `addresses.py` decides which address
may be connected to, `resolver.py` looks names up, `answers.py` says what came of a request.
"""
