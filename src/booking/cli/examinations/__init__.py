"""Examinations of what the service stands on, each of one thing."""
