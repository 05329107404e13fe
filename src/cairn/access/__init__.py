"""Who may do what: members, sessions, keys, projects, and the log of what was done."""
