"""Tests of reading events from files."""
