"""Routes: a module a noun, with its wire types, its handlers and the conversion to the wire. They know no database.

Rooms are those of the domain, and audit.py is beside them. Registered in `capabilities.py`, called by `http/pipeline/`.
A handler says beside its path which guards, parameters and body it has, which refusals it answers with (`make check`
compares these with openapi3.yaml), and whether it is hot. Look first at `visits/bookings.py`.
"""
