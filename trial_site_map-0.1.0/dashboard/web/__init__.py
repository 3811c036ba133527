"""What programs see: the HTTP API, response caches, login gate, middleware."""
