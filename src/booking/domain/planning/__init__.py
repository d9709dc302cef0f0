"""Planning: weeks of slots by rules in local time, and times without slots. Start at schedule.py, and at block.py."""
