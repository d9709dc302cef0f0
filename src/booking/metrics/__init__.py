"""Metrics for Prometheus: their catalogue, their recording, and the port on which they are served."""
