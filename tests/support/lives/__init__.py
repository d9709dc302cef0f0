"""Lives of bookings that people are told of, over days on which clocks are changed, in memory or in PostgreSQL.

An agency does what chance says, the town moves the clock and carries the mail, and the judge says what should not have
been sent, and what should. All chance is one `random.Random`. Look first at `judge.py`.
"""
