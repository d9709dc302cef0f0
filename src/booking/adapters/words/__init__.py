"""Words of notices, by Jinja and Babel: one plain-text template a kind and recipient, laid out as HTML and as text.

Look first at `words.py`; ADR 76 says why texts are made so, and how to change or to translate them.
"""

from booking.adapters.words.words import JinjaWords

__all__ = ["JinjaWords"]
