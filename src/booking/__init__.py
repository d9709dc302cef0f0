"""A booking service for property visits: of many rivals for a place, exactly one wins."""
