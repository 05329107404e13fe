"""Pages of saved questions that a team looks at together."""
