"""Use cases: what callers may do, in the order in which it is decided. No framework, no driver."""
