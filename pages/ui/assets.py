"""The routes from which the browser fetches plotly.js and the board: from this machine, never from afar.

plotly.js is the one that the installed plotly package brings. Addresses carry a digest of what they
serve, so that a browser keeps it for a year and still gets the new one after an upgrade.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

BROWSER = Path(__file__).parent / "browser"
YEAR = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def routes() -> list[Route]:
    """What `st.App(routes=...)` needs so that the board finds its files."""
    return [Route(f"{_prefix()}/_board/{{edition}}/{{name}}", _serve)]


def address(name: str) -> str:
    """Where the browser finds a file of the board, or plotly.min.js."""
    return f"{_prefix()}/_board/{_edition()}/{name}"


def _prefix() -> str:
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


@cache
def _edition() -> str:
    """Names this plotly.js together with these files of the board."""
    known = hashlib.blake2b(version("plotly").encode(), digest_size=6)
    for path in sorted(BROWSER.iterdir()):
        known.update(path.name.encode() + path.read_bytes())
    return known.hexdigest()


def _files() -> dict[str, Path]:
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("plotly is not installed; it brings plotly.min.js")
    plotly = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return {path.name: path for path in (*BROWSER.iterdir(), plotly) if path.suffix in TYPES}


@cache
def _packed(name: str) -> bytes:
    """The file, compressed once: 1.5 instead of 4.8 MB for plotly.js."""
    return gzip.compress(_files()[name].read_bytes(), compresslevel=6)


def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _files():
        return PlainTextResponse(f"no file {name!r} here", status_code=404)
    kept = YEAR if request.path_params["edition"] == _edition() else "no-cache"
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    kind = TYPES[Path(name).suffix]
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_packed(name), headers={**headers, "Content-Encoding": "gzip"}, media_type=kind)
    return Response(_files()[name].read_bytes(), headers=headers, media_type=kind)
