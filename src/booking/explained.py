"""Errors that end a command with one message and no traceback."""


class Explained(Exception):
    """The message is all that an operator needs: what is wrong, and what to do."""
