"""Events on their way out: the feed, subscriptions, webhooks and the addresses that they may have. Start at feed.py."""
