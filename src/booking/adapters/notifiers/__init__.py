"""Notifiers, one for each kind of subscription; the relay calls them.

A new kind is a module here, and a line in `capabilities`.
"""
