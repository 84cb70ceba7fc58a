"""*Runbooks*: the pages of docs/runbooks, where the panels and alerts that name them are seen."""

import re
from pathlib import Path

from grafana_foundation_sdk.builders import text
from grafana_foundation_sdk.builders.dashboard import Dashboard, TimePicker
from grafana_foundation_sdk.models.text import TextMode

from dashboards import config, frame, panels

PAGES = Path(__file__).parents[2] / "docs" / "runbooks"
_LINK = re.compile(r"\[([^]]+)\]\(([^):]+)\)")
"""To a file, not to an address."""
_ROWS_A_LINE = 0.65
"""Of the board's grid, at 1280 pixels: so that no page must be scrolled in its panel."""
_SIGNS_A_LINE = 150
"""Of a table's row, which isn't broken where it is written: what is longer takes one line more."""
_SPARE_ROWS = 4
"""For the title, and for what takes two lines where Grafana's menu stands beside."""


def board() -> Dashboard:
    """Return the board."""
    made = frame.board(
        config.RUNBOOKS,
        "What to do when a panel or an alert looks bad.",
        (),
        [_page(name) for name in config.PAGES],
        of_a_run=False,
        over_time=False,
    )
    # Texts neither change nor have a time.
    return made.refresh("").timepicker(TimePicker().hidden(True))


def _page(name: str) -> text.Panel:
    written = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    title, _, rest = written.removeprefix("# ").partition("\n\n")
    lines = sum(1 + len(line) // _SIGNS_A_LINE for line in rest.splitlines())
    return (
        text.Panel()
        .title(title)
        .mode(TextMode.MARKDOWN)
        .content(_LINK.sub(_within_grafana, rest))
        .height(round(_ROWS_A_LINE * lines) + _SPARE_ROWS)
        .span(panels.FULL)
    )


def _within_grafana(found: re.Match[str]) -> str:
    """Return a link to another page as one to its panel, and to any other file as its name."""
    words, target = found.groups()
    file = (PAGES / target).resolve()
    if file.parent == PAGES:
        return config.link(words, file.stem)
    return f"`{file.relative_to(PAGES.parents[1])}`"
