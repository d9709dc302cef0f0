"""Business rules: values, their transitions and their refusals; no database, no HTTP.

A room may import the ones before it: people, properties, visits, and last delivery and notices. The files beside them
are for all. Start at visits/roster_changes.py.
"""
