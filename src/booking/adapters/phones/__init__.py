"""Providers of messages to phones behind the port `Provider`. Called by the sender of notices, and for codes.

`sns.py` is SMS by Amazon SNS, `whatsapp.py` WhatsApp by Meta's Cloud API (ADR 83). Nobody can tell a second copy here:
so a call without an answer raises HandoverUnknown, and nothing tries again by itself.
"""
