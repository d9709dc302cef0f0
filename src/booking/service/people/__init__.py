"""Use cases around agents, applicants and their identity."""
