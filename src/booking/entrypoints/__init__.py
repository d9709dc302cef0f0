"""Ways into the service: HTTP, the queue of screenings, background jobs, the embedded development stack.

Called by `bootstrap`, which wires them, and by `cli`. Each decodes what comes, asks one service and encodes the answer;
none knows a database. Look first at `http/` for requests, at `jobs.py` for what runs in the background.
"""
