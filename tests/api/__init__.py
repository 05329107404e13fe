"""Tests of the HTTP API, on a real server."""
