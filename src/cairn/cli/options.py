"""Options that several verbs share, and the settings that they override."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="Folder that holds everything Cairn keeps. \\[default: ./cairn-data]"
    ),
]
Host = Annotated[
    str | None, typer.Option("--host", help="Address to listen on. \\[default: 127.0.0.1]")
]
Port = Annotated[
    int | None,
    typer.Option("--port", help="Port to listen on; 0 takes any free one. \\[default: 8765]"),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="CAIRN_URL",
        help="Address of a server elsewhere, such as https://cairn.example.org. Without it, the "
        "data directory of this machine is used, whether a server runs on it or not.",
    ),
]
ApiKey = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        envvar="CAIRN_API_KEY",
        help="API key for --url, with the scope 'query'. Make one on the project's settings page.",
    ),
]
ProjectChoice = Annotated[
    str | None,
    typer.Option("--project", help="Name or id of the project, when there are several."),
]
