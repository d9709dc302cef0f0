"""Notifiers: tell the world what happened, one module a kind. Called by the relay."""
