"""Traces by OpenTelemetry: from a request or a message to its last webhook and notice (ADR 104). Start in `spans.py`.

Without BOOKING_TRACE_URL nothing here imports OpenTelemetry; only `sdk.py` does.
"""
