"""Figures: sums of visits, their groups, and when a rating may be shown. Start at figures.py."""
