"""Use cases: each decides in the same order, and declares the ports it needs. No framework, no driver.

Called by entrypoints. Start at bookings.py; ports.py has the ports that several use cases share.
"""
