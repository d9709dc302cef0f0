"""Agents, applicants and identity in PostgreSQL."""
