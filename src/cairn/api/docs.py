"""The documentation, as pages of this server, so that every number can say what it means."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

import cairn
from cairn.api.errors import nothing_here

if TYPE_CHECKING:
    from markdown_it.token import Token

router = APIRouter(prefix="/docs", include_in_schema=False)

_PACKAGE = Path(cairn.__file__).parent
_FOLDERS = (_PACKAGE.parents[1] / "docs", _PACKAGE / "docs")
"""In a checkout of the repository, and in an installed package."""

_INDEX = "README"
_KEPT = {"cache-control": "no-cache"}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Cairn</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/page.css"></head>
<body><nav aria-label="Documentation"><a href="/">Cairn</a> <a href="/docs">Documentation</a>
<a href="/reference">API reference</a></nav>
<main>{content}</main></body></html>
"""

_STYLE = """:root { color-scheme: light dark; --ink: light-dark(#1c1b19, #e8e6e3);
  --quiet: light-dark(#6b6762, #a29e98); --line: light-dark(#e5e2dd, #34312d);
  --paper: light-dark(#fff, #171614); --sheet: light-dark(#f6f5f3, #211f1c);
  --accent: light-dark(#0d6e68, #3fc1b4); }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 "Inter Variable", Inter, system-ui, sans-serif; }
nav { display: flex; gap: 1.5rem; padding: 1rem 1.5rem; border-bottom: 1px solid var(--line); }
nav a:first-child { font-weight: 600; color: var(--ink); }
main { max-width: 46rem; margin: 0 auto; padding: 1rem 1.5rem 5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 2rem 0 1rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
a { color: var(--accent); text-underline-offset: .2em; }
nav a { text-decoration: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code { font: .875em ui-monospace, monospace; background: var(--sheet); padding: .1em .3em;
  border-radius: 4px; }
pre { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 1rem;
  overflow-x: auto; line-height: 1.5; }
pre code { padding: 0; background: none; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0;
  border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 500; }
"""


@router.get("/page.css")
def style() -> Response:
    """Return the style of the pages."""
    return Response(_STYLE, media_type="text/css; charset=utf-8", headers=_KEPT)


@router.get("")
def index() -> HTMLResponse:
    """Show the first page of the documentation."""
    return page(_INDEX)


@router.get("/{name:path}")
def page(name: str) -> HTMLResponse:
    """Show one page of the documentation. Raises NotFound."""
    found = pages()
    path = found.get(name) or found.get(f"{name}/{_INDEX}")
    if path is None:
        raise nothing_here("GET", f"/docs/{name}")
    key = next(key for key, value in found.items() if value == path)
    return HTMLResponse(_rendered(key, path.read_text("utf-8")), headers=_KEPT)


@cache
def pages() -> dict[str, Path]:
    """Return the pages by their names, such as `insights/funnel`."""
    folder = next((place for place in _FOLDERS if place.is_dir()), None)
    if folder is None:
        return {}
    files = sorted(folder.rglob("*.md"))
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in files}


def _rendered(name: str, text: str) -> str:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    title = name
    for i, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[i + 1].content
            token.attrSet("id", _anchor(words))
            title = words if token.tag == "h1" else title
        for inner in token.children or ():
            if inner.type == "link_open":
                _point(inner, posixpath.dirname(name))
    content = parser.renderer.render(tokens, parser.options, {})
    content = content.replace("<table>", '<div class="table"><table>')
    content = content.replace("</table>", "</table></div>")
    return _PAGE.format(title=escape(title.replace("`", "")), content=content)


def _point(link: Token, folder: str) -> None:
    """Turn a link to a file of the documentation into one to its page."""
    target, hash_, anchor = str(link.attrGet("href") or "").partition("#")
    if not target.endswith(".md") or "://" in target:
        return
    name = posixpath.normpath(posixpath.join(folder, target)).removesuffix(".md")
    address = f"/docs/{name}".removesuffix(f"/{_INDEX}")
    link.attrSet("href", address + hash_ + anchor if name in pages() else "/docs")


def _anchor(words: str) -> str:
    """Return the anchor of a heading.

    >>> _anchor("What a `200` is worth")
    'what-a-200-is-worth'
    """
    return re.sub(r"[^\w\s-]", "", words.lower()).strip().replace(" ", "-")
