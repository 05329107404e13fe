"""The HTTP API: parse, authorise, call, encode. What things mean is decided below it."""
