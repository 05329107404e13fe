"""Cohorts: who is in one, and those that a project keeps."""
