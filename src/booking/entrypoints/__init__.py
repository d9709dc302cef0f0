"""Where calls come in: HTTP, the queue, the background loops, the embedded development stack."""
