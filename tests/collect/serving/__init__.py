"""A real server in processes of its own, with an engine that only loads and counts."""
