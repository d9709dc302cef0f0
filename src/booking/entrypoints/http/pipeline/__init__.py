"""Pipeline of every request, the same for all handlers. Start here: the order is told in this place alone.

1. name, time and count it, and answer HEAD as GET (`access.py`, the outermost layer)
2. find the handler: one that is marked `opt={"hot": True}` (`hot.py`), else Litestar's
3. verify the token, without the database (this and all that follows: `steps.py`)
4. limit by subject
5. read the body
6. identify the caller
7. limit by organization and, for a write, by person
8. look for an answer under the Idempotency-Key
9. ask for the role (`guards.py`), decode (`inputs/`), call the handler (`routes/`), encode; a handler that takes a
   `media_type` answers with CSV where Accept prefers that (`media_types.py`, `csv_tables.py`)
10. where it is marked `opt={"etag": True}`: tag the answer, or say that the caller has it already (`revalidation.py`)

Why this order: a request costs nothing that its sender has no budget for; and the caller is identified when the whole
body is here, not while it is still to come.
"""
