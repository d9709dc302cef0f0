"""Messages of other services, read as they come by the queue and by HTTP: events, and reports. Start at envelopes.py.

Called by the consumer and by the routes of `/inbound/…`.
"""
