"""Providers of e-mail behind the port `Mailer`. Called by the sender of notices.

Start with `smtp.py` or `ses.py`; `mime.py` makes the message, `replies.py` decides whether a refusal by SMTP is
permanent (ADR 77, 82).
"""
