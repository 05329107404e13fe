"""The command line as a whole: its verbs, and how it says that something went wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from cairn import __version__
from cairn.cli import demo, import_, link, server
from cairn.cli.show import errors
from cairn.core.errors import CairnError
from cairn.core.settings import load_settings

VERBS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("demo", demo.demo),
    ("serve", server.serve_here),
    ("import", import_.import_files),
    ("sign-in-link", link.sign_in_link),
)

command = typer.Typer(
    name="cairn",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@command.callback()
def cairn(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is, and stop.")
    ] = False,
) -> None:
    """Product analytics that your team owns.

    New here? `cairn demo` shows Cairn with real data; `cairn serve` starts your own.
    Settings come from cairn.toml and CAIRN_* variables; `cairn doctor` shows them.
    """


for _name, _verb in VERBS:
    command.command(_name)(_verb)


def run() -> None:
    """Run the command line, ending with the exit code that belongs to what happened."""
    if sys.argv[1:] == ["--version"]:
        print(f"cairn {__version__}")
        return
    try:
        command(prog_name="cairn")
    except CairnError as error:
        errors.say(error.message, error.hint)
        sys.exit(error.exit_code)
    except Exception as error:
        if load_settings().log_level == "debug":
            raise
        errors.say(
            f"Cairn failed: {type(error).__name__}: {error}",
            "This is a fault of Cairn. CAIRN_LOG_LEVEL=debug shows where it happened; please "
            "report that.",
        )
        sys.exit(CairnError.exit_code)
