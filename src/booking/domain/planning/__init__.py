"""Planning: weeks of slots made from rules in local time. Start at schedule.py, then recurrence.py."""
