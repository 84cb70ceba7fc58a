"""The live page's files: what is served, how, and nothing else of the folder."""

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.fixtures.asgi import ask

from swarmscope.server.pages import PAGES, page_routes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of pages, with files that are none beside them."""
    pages = tmp_path / "pages"
    (pages / "deep").mkdir(parents=True)
    files = (
        "index.html",
        "a.css",
        "a.js",
        "a.svg",
        "a.png",
        "a.py",
        ".html",
        "secret",
        "deep/b.js",
    )
    for name in files:
        (pages / name).write_text(name)
    (tmp_path / "outside.js").write_text("outside")
    return pages


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/static/index.html", "text/html; charset=utf-8"),
        ("/static/a.css", "text/css; charset=utf-8"),
        ("/static/a.js", "text/javascript; charset=utf-8"),
        ("/static/a.svg", "image/svg+xml"),
        ("/static/a.png", "image/png"),
    ],
)
def test_pages_are_served_as_what_they_are(folder: Path, path: str, kind: str) -> None:
    told = ask(Starlette(routes=page_routes(folder)), path)
    assert (told.status, told.headers["content-type"]) == (200, kind)
    assert told.body.decode() == (path.rpartition("/")[2] or "index.html")
    assert "script-src 'self'" in told.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in told.headers["content-security-policy"]
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "name",
    [
        *("a.py", ".html", "secret", "nothing.js", "deep", "deep/b.js", "..", "../outside.js"),
        *("a.js\x00.css", "x" * 5_000 + ".js", "A.JS", ""),
    ],
)
def test_what_is_no_page_is_not_there(folder: Path, name: str) -> None:
    assert ask(Starlette(routes=page_routes(folder)), f"/static/{name}").status == 404


def test_a_browser_that_has_it_gets_it_only_when_it_is_new(folder: Path) -> None:
    app = Starlette(routes=page_routes(folder))
    first = ask(app, "/static/a.js")
    again = ask(app, "/static/a.js", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    (folder / "a.js").write_text("another")
    changed = ask(app, "/static/a.js", if_none_match=first.headers["etag"])
    assert (changed.status, changed.body) == (200, b"another")
    assert changed.headers["etag"] != first.headers["etag"]


def test_plotly_s_script_comes_from_its_package_packed() -> None:
    told = ask(Starlette(routes=page_routes(PAGES)), "/static/plotly.min.js")
    assert (told.status, told.headers["content-encoding"]) == (200, "gzip")
    assert b"plotly.js v" in gzip.decompress(told.body)[:200]
