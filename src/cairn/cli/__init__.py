"""The `cairn` command, one file per verb."""

from __future__ import annotations


def main() -> None:
    """Run the command line. The processes of a server import this package without its verbs."""
    from cairn.cli.command import run

    run()
