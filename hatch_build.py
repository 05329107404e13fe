"""Builds the user interface into the package, so that an installed Cairn has its pages."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "web"))
import npm

_INPUTS = ("src/**/*", "public/**/*", "*.json", "*.ts", "*.mjs", "*.html", ".npmrc")
_GENERATED = "src/api/schema.d.ts"


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs npm when the interface's sources changed since the last build."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI only where the machine has none that is new enough."""
        return [] if npm.on_path() or _left_out() else [npm.PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the interface before the package is put together."""
        web = Path(self.root) / "web"
        static = Path(self.root) / "src" / "cairn" / "web" / "static"
        stamp = static / "built-from"
        wanted = _digest(web)
        if _left_out() or (stamp.is_file() and stamp.read_text() == wanted):
            return
        self.app.display_info("Building the user interface with npm")
        for command in (["ci"], ["run", "build"]):
            done = npm.run(command, cwd=web, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode:
                sys.stderr.write(done.stdout.decode(errors="replace"))
                raise SystemExit(f"npm {' '.join(command)} failed; its output is above")
        stamp.write_text(wanted)


def _left_out() -> bool:
    return bool(os.environ.get("CAIRN_WITHOUT_WEB"))


def _digest(web: Path) -> str:
    """Return a digest of everything that the built interface depends on."""
    found = {path for pattern in _INPUTS for path in web.glob(pattern) if path.is_file()}
    digest = hashlib.sha256()
    for path in sorted(found - {web / _GENERATED}):
        digest.update(f"{path.relative_to(web)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()
