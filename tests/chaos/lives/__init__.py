"""Lives of bookings on PostgreSQL that people are told of, over days on which clocks are changed."""
