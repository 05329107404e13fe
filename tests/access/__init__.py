"""Tests of this part of Cairn."""
