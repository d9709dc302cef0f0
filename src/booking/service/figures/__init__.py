"""Figures: read for agents, and computed anew after events. Start at figures.py."""
