"""Metrics for Prometheus: the catalogue of what there is, how it is recorded, and the port on which it is served."""
