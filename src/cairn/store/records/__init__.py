"""What Cairn keeps beside events: members, sessions, projects, keys, dashboards, the audit log."""
