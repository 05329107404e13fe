"""Cairn: product analytics that a team owns."""

__version__ = "0.2.0"
