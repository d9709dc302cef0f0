"""HTTP server: uvicorn with the deadlines, bounds and balance that it lacks. Start at server.py."""
