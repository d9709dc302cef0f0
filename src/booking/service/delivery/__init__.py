"""Use cases of the feed, the streams and the webhooks. Start at feed.py."""
