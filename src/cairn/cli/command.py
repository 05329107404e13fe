"""The command line as a whole: its verbs, and how it says that something went wrong."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cairn import __version__
from cairn.cli.show import errors
from cairn.core.errors import CairnError

VERBS = {
    "demo": "cairn.cli.demo:demo",
    "serve": "cairn.cli.server:serve_here",
    "import": "cairn.cli.import_:import_files",
    "query": "cairn.cli.query:query",
    "export": "cairn.cli.export:export",
    "sign-in-link": "cairn.cli.link:sign_in_link",
    "doctor": "cairn.cli.doctor:doctor",
    "bench": "cairn.cli.bench:bench",
}
"""Where each verb is. It is imported when it is called, so that no verb waits for the others."""

_ONE_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")
"""Where the lines of a docstring end, which is not where those of a terminal do."""

_CONTEXT = {"help_option_names": ["-h", "--help"]}


class _Verbs(TyperGroup):
    """Finds a verb by its name."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in VERBS:
            return None
        module, _, function = VERBS[cmd_name].partition(":")
        alone = typer.Typer(
            add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False
        )
        verb = getattr(importlib.import_module(module), function)
        text = _ONE_LINE_END.sub(" ", inspect.cleandoc(verb.__doc__))
        alone.command(cmd_name, context_settings=_CONTEXT, help=text)(verb)
        return typer.main.get_command(alone)


command = typer.Typer(
    name="cairn",
    cls=_Verbs,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings=_CONTEXT,
)


def _say_version(asked: bool) -> None:
    if asked:
        print(f"cairn {__version__}")
        raise typer.Exit


@command.callback()
def cairn(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Say which version this is, and stop.",
            callback=_say_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Product analytics that your team owns.

    `cairn demo` shows it with real data, `cairn serve` starts your own.

    Settings come from cairn.toml and CAIRN_* variables.
    """


def run() -> None:
    """Run the command line, ending with the exit code that belongs to what happened."""
    try:
        command(prog_name="cairn")
    except CairnError as error:
        errors.say(error.message, error.hint)
        sys.exit(error.exit_code)
    except Exception as error:
        from cairn.core.settings import load_settings

        if load_settings().log_level == "debug":
            raise
        errors.say(
            f"Cairn failed: {type(error).__name__}: {error}",
            "This is a fault of Cairn. CAIRN_LOG_LEVEL=debug shows where it happened; please "
            "report that.",
        )
        sys.exit(CairnError.exit_code)
