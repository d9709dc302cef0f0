"""Figures: read for agents, and kept in step with what happens. Start at figures.py."""
