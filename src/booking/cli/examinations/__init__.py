"""Examinations of configuration, database, queue, issuer and delivery, for the doctor."""
