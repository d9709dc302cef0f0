"""Use cases around properties and policies."""
