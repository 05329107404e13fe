"""A browser on the pages of a real server, one file per page."""
