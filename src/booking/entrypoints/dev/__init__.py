"""The embedded stack: PostgreSQL and SQS on the loopback, and a demo to look at. For development and tests alone."""
