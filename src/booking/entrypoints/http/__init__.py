"""REST API. Called by `bootstrap` (`app.py`) and served by `server/`.

Look first at `pipeline/`, which tells the order of every request; then at `routes/`, a module a noun, with the handlers
and their wire types. Beside them:

- inputs/: bodies, parameters and ids of requests, with every fault of them
- inbound/: requests of other services, which are signed
- wire.py: wire types that several routes share; booking_answer.py and slot_answer.py: what many of them answer
- cursors.py: positions in lists; csv_tables.py: lists as files
- problems.py: refusals as problem details (RFC 9457); rate_limit_headers.py: what is left of the limits
- idempotency.py: keys of requests, and answers that are kept under them
- guards.py: roles; cors.py and paths.py: requests that reach no handler
- contract.py and health.py: what anybody may ask without a token
"""
