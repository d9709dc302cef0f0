"""Events over HTTP: the feed, the stream and webhooks; inbound.py takes events of other services. Start at feed.py."""
