"""The pages about settings and the command line say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from cairn.cli.command import VERBS, command
from cairn.core.errors import CairnError
from cairn.core.settings import Settings
from cairn.imports.mapping import TARGETS

DOCS = Path(__file__).resolve().parents[2] / "docs"
SETTINGS = (DOCS / "settings.md").read_text()
COMMANDS = "\n".join((DOCS / name).read_text() for name in ("cli.md", "import.md", "demo.md"))
GROUP = typer.main.get_command(command)
assert isinstance(GROUP, TyperGroup)
CONTEXT = GROUP.make_context("cairn", [], resilient_parsing=True)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_on_its_page_as_the_code_has_it(name: str) -> None:
    field = Settings.model_fields[name]
    default = "`false`" if field.default is False else f"`{field.default}`"
    line = f"| `{name}` | `CAIRN_{name.upper()}` | {default} | {field.description} |"
    assert line in SETTINGS.splitlines()


def test_the_page_has_no_setting_that_does_not_exist() -> None:
    named = re.findall(r"^\| `(\w+)` \|", SETTINGS, re.MULTILINE)
    assert named == list(Settings.model_fields)


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_and_option_is_on_a_page(name: str) -> None:
    verb = GROUP.get_command(CONTEXT, name)
    assert verb is not None
    assert f"`cairn {name}" in COMMANDS
    for parameter in verb.params:
        for option in parameter.opts:
            if option.startswith("--") and option != "--help":
                assert re.search(rf"{option}\b", COMMANDS), option


def test_every_exit_code_is_on_the_page() -> None:
    def kinds(kind: type[CairnError]) -> list[type[CairnError]]:
        return [kind, *(inner for below in kind.__subclasses__() for inner in kinds(below))]

    for kind in kinds(CairnError):
        assert f"\n| {kind.exit_code} |" in COMMANDS


def test_every_part_of_an_event_that_a_column_can_be_is_on_the_page() -> None:
    page = (DOCS / "import.md").read_text()
    for target in TARGETS:
        assert f"`{target}`" in page
