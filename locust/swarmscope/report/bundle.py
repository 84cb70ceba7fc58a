"""The live page as one file: styles, modules and Plotly inside, nothing fetched."""

import base64
import hashlib
import json
import re
from html import escape
from importlib.resources import files
from typing import Any

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_STYLE = '<link rel="stylesheet" href="/static/style.css">'
_PLOTLY = '<script src="/static/plotly.min.js" defer></script>'
_APP = '<script src="/static/app.js" type="module"></script>'
_CHARSET = '<meta charset="utf-8">'


def bundle(embedded: dict[str, Any], *, title: str, plotly: str) -> str:
    """Return the page with *embedded* as its data."""
    app = _modules("app.js")
    data = _inert_json(embedded)
    page = _page("index.html")
    for old, new in (
        (_CHARSET, f"{_CHARSET}\n{_policy(plotly, app)}"),
        ("<title>swarmscope</title>", f"<title>{escape(title, quote=False)}</title>"),
        (_STYLE, f"<style>{_page('style.css')}</style>"),
        (_PLOTLY, f"<script>{plotly}</script>"),
        (
            _APP,
            f'<script type="application/json" id="embedded">{data}</script>\n'
            f'<script type="module">{app}</script>',
        ),
    ):
        before, found, after = page.partition(old)
        if not found:
            raise AssertionError(f"pages/index.html no longer holds {old!r}")
        page = before + new + after
    return page


def _page(name: str) -> str:
    return (files("swarmscope") / "pages" / name).read_text(encoding="utf-8")


def _modules(entry: str) -> str:
    """Join *entry* and what it imports: a page opened from disk may not import files.

    The modules share one scope then, so each top-level name is used once over all of them.
    """
    order: list[str] = []

    def visit(name: str) -> None:
        for imported in _IMPORT.findall(_page(name)):
            if imported not in order:
                visit(imported)
        if name not in order:
            order.append(name)

    visit(entry)
    sources = (_EXPORT.sub("", _IMPORT.sub("", _page(name))) for name in order)
    return "\n".join(sources)


def _inert_json(value: object) -> str:
    """JSON that can't end its script element, whatever names and messages hold."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(*scripts: str) -> str:
    """Allow these scripts and nothing else: a report never talks to anyone."""
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        '<meta http-equiv="Content-Security-Policy" content="'
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'\">"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
