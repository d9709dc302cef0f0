"""Errors that end a command with one message and no traceback."""


class Explained(Exception):
    """Fault that an operator can mend; the message says how."""
