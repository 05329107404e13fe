"""What the command line shows: results on standard output, everything else on standard error."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)


class Errors:
    """Says what went wrong, and what to do next."""

    def say(self, message: str, hint: str = "") -> None:
        """Show a message with its next step."""
        notes.print(f"[bold red]error:[/] {_plain(message)}", highlight=False)
        if hint:
            notes.print(f"[dim]{_plain(hint)}[/]", highlight=False)


notes = Console(stderr=True, soft_wrap=True)
"""Notes to the person at the terminal."""

errors = Errors()


def output() -> Console:
    """Return the console of results."""
    return Console(soft_wrap=False)


def progress() -> Progress:
    """Return a bar for work that takes more than a second."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=notes,
        transient=True,
    )


def _plain(text: str) -> str:
    return escape(text.encode("utf-8", "replace").decode())
