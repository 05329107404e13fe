from __future__ import annotations

import socket
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from cairn import __version__
from cairn.cli.command import VERBS, command

from .running import cairn, cairn_here, serving_in, well

GROUP = typer.main.get_command(command)
assert isinstance(GROUP, TyperGroup)


def test_help_lists_every_verb(tmp_path: Path) -> None:
    shown = well("--help", folder=tmp_path)
    for name in VERBS:
        assert f"│ {name} " in shown


@pytest.mark.parametrize("name", VERBS)
def test_every_option_of_a_verb_says_what_it_does(name: str) -> None:
    verb = GROUP.get_command(
        GROUP.make_context("cairn", [name, "--help"], resilient_parsing=True), name
    )
    assert verb is not None
    assert verb.help and verb.help.strip().endswith((".", ")", "}"))
    for parameter in verb.params:
        assert getattr(parameter, "help", None), f"{name}: {parameter.name}"


def test_the_version_is_printed(tmp_path: Path) -> None:
    assert well("--version", folder=tmp_path) == f"cairn {__version__}\n"


def test_without_a_verb_the_help_is_shown(tmp_path: Path) -> None:
    done = cairn_here(folder=tmp_path)
    assert "Usage: cairn" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["import", "nothing.jsonl"], 4, "no Cairn in cairn-data"),
        (["import", "x.csv"], 2, "--map"),
        (["import", "x.jsonl", "--dry-run"], 4, "no file 'x.jsonl'"),
        (["serve", "--port", "99999"], 2, "setting 'port' is 99999"),
        (["sign-in-link"], 4, "no Cairn in cairn-data"),
        (["fly"], 2, "No such command 'fly'"),
        (["serve", "--fly"], 2, "No such option"),
    ],
)
def test_what_goes_wrong_is_said_plainly_with_its_exit_code(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    done = cairn_here(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "cairn-data").exists()


def test_a_wrong_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "cairn.toml").write_text("port = 'many'\n")
    done = cairn_here("serve", folder=tmp_path)
    assert done.returncode == 2
    assert "setting 'port' is 'many'" in done.stderr


def test_a_settings_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "cairn.toml").write_text("port: 1\n")
    done = cairn_here("serve", folder=tmp_path)
    assert done.returncode == 2
    assert "cairn.toml" in done.stderr and "Traceback" not in done.stderr


def test_a_port_in_use_is_said_plainly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = cairn_here("serve", "--port", str(taken.getsockname()[1]), folder=tmp_path)
    assert done.returncode == 5
    assert "CAIRN_PORT" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.timeout(120)
def test_a_new_server_says_where_it_is_and_that_the_page_creates_the_owner(tmp_path: Path) -> None:
    with serving_in(tmp_path):
        refused = cairn("sign-in-link", folder=tmp_path)
        assert refused.returncode == 4
        assert "nobody owns" in refused.stderr
