"""Use cases: each decides in the same order, and declares the ports it needs. No framework, no driver.

Called by entrypoints. Rooms are those of the domain. Start at visits/bookings.py; ports.py has the ports that several
use cases share.
"""
