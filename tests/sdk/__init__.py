"""Published client libraries against a running server."""
