"""Times of agents without slots."""
