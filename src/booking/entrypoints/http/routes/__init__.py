"""Routes: one module a noun, its handlers and what they read and write on the wire. Know no database."""
