"""HTTP server: uvicorn on sockets of our own, with the promises that it lacks. Called by `cli`; start at server.py.

uvicorn runs the application's lifespan, makes the ASGI scope and sends answers in parts. What is promised beyond it:

- Deadlines for headers, for bodies, for clients that do not read, and for idle connections: protocol.py.
- Bounds of a request's head, and of the number of connections: protocol.py.
- A request is read in one way only (RFC 9112); all else is refused before the application sees it: protocol.py.
- A refusal by the server itself is a problem document, like every other: `BoundedProtocol._refuse`.
- A client that shuts its side, or offers another protocol, is still answered: protocol.py.
- One write for a whole answer, and one a connection in a turn of the loop: `Cycle.send`, write_batching.py.
- Balance: a new connection goes to the worker process that has the fewest: accepting.py.
- Drain: after the first signal it still serves for a while, and applications hear of it: server.py.
- Orderly end: answers under way are finished within a grace, then cut off; exit code 0, no traceback: server.py.
- Several processes on one socket, and when one dies all end: worker_processes.py.

An application hears of the drain by `scope["state"]["draining"]`, an `asyncio.Event` that the first SIGTERM or SIGINT
sets. An answer without an end must watch it and finish; all streams of a process may share one watcher.

Whatever overrides uvicorn's protocol stands in protocol.py. uvicorn is pinned exactly in pyproject.toml, and
tests/unit/test_uvicorn.py goes red when a method that is overridden here changes there (ADR 53).
"""
