"""Thresholds on the live page: a line at each limit, and how each of them stands."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.browser.conftest import Seen, cells, traces, until
from tests.browser.recording import HOME, Recording, run_url

from swarmscope.line_protocol import Field

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXT, LINES = 4.5, 3.0
"""The least contrasts of WCAG 2.2: 1.4.3 of text, 1.4.11 of what else has to be seen."""
_COLOURS = """() => {
  const ground = (one) => {
    const { backgroundColor } = getComputedStyle(one);
    return backgroundColor.endsWith(", 0)") ? ground(one.parentElement) : backgroundColor;
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const text = (one) => [one.innerText, getComputedStyle(one).color, ground(one)];
  const fact = all("#facts dt").find((one) => one.innerText === "Thresholds").nextSibling;
  const chart = ground(document.querySelector("#chart .main-svg"));
  const painted = (one, part, property) => {
    const { meta, visible } = one.__data__[0].trace;
    if (meta.query !== "thresholds" || visible !== true) return [];
    return [[meta.outcome, getComputedStyle(one.querySelector(part))[property], chart]];
  };
  return {
    texts: [...all("#thresholds tbody td, #thresholds tbody th"), fact].map(text),
    names: all("#chart g.traces").flatMap((one) => painted(one, "text", "fill")),
    lines: all("#chart .scatterlayer .trace").flatMap((one) => painted(one, ".js-line", "stroke")),
  };
}"""
"""Each text and line of thresholds: what it says, its colour, and what it stands on."""
PAPERS = {"light": "#ffffff", "dark": "#171d23"}
Look = Callable[..., Seen]
OF_ALL = {"severity": "fail", "scope": "all", "endpoint": "", "why": "", "name": "", "method": ""}


def thresholds(recording: Recording, judged_at: int, *told: dict[str, Field]) -> None:
    """Write how thresholds of the run stand."""
    recording.write(
        [
            recording.point(
                "locust_threshold",
                {"run": recording.run, "number": str(number)},
                {**OF_ALL, "judged_at": judged_at, **one},
                0,
            )
            for number, one in enumerate(told, 1)
        ]
    )


def p95(outcome: str, limit: float = 300.0) -> dict[str, Field]:
    shown = "" if outcome == "not yet" else "489 ms"
    told: dict[str, Field] = {"threshold": f"p95 < {limit:g}ms", "metric": "p95", "limit": limit}
    return {**told, "outcome": outcome, "shown": shown, "unit": "ms"}


def drawn(page: object) -> list[tuple[str, list[float], object, str]]:
    """Return the lines at limits: name, values, whether they are seen, axis."""
    return [
        (one["name"], one["y"], one["visible"], one["yaxis"])
        for one in traces(page)  # type: ignore[arg-type]
        if one["meta"]["query"] == "thresholds"
    ]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG has it, from 1 to 21."""
    dark, light = sorted(luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of `rgb(…)`."""
    red, green, blue = map(int, re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour).groups())  # type: ignore[union-attr]
    parts = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (red / 255, green / 255, blue / 255)
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def assert_readable(page: "Page", outcomes: list[str], *words: str) -> None:
    """Hold *words*, names of lines and lines of *outcomes* against what is behind them."""
    found = page.evaluate(_COLOURS)
    for text, colour, ground in (*found["texts"], *found["names"]):
        assert contrast(colour, ground) >= TEXT, (text, colour, ground)
    assert set(words) <= {text for text, *_ in found["texts"]}
    for what in ("names", "lines"):
        assert sorted(outcome for outcome, *_ in found[what]) == outcomes
    for outcome, colour, ground in found["lines"]:
        assert contrast(colour, ground) >= LINES, (outcome, colour, ground)


def test_contrasts_are_those_of_the_standard() -> None:
    black, white = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
    assert contrast(black, white) == contrast(white, black) == pytest.approx(21)
    # The lightest grey that is readable on white, and the next that isn't.
    assert contrast("rgb(118, 118, 118)", white) > TEXT > contrast("rgb(119, 119, 119)", white)


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize("theme", PAPERS)
def test_each_limit_is_drawn_in_its_panel_and_how_it_stands_is_listed(
    look: Look, recording: Recording, theme: str
) -> None:
    recording.start()
    recording.requests(0, {HOME: [100.0] * 40})
    page = look(color_scheme=theme).open(run_url(recording))
    assert page.locator("#thresholds-panel").is_hidden()
    assert "Thresholds" not in page.inner_text("#facts")
    rate: dict[str, Field] = {"metric": "requests_per_second", "unit": "requests/s", "limit": 30.0}
    more: dict[str, Field] = {"threshold": "requests_per_second >= 30/s", "outcome": "passed"}
    other: dict[str, Field] = {**p95("broken"), "scope": "each", "endpoint": "GET /"}
    told = (p95("not yet"), {**rate, **more, "shown": "40/s"}, other, p95("passed", 9_000.0))
    thresholds(recording, 1, *told)
    until(page, page.locator("#thresholds-panel").is_visible, "there are thresholds")
    assert drawn(page) == [
        ("p95 &lt; 300ms: not yet", [300, 300], True, "y4"),
        ("requests_per_second &gt;= 30/s: passed", [30, 30], True, "y"),
        ("p95 &lt; 9000ms: passed", [9_000, 9_000], "legendonly", "y4"),
    ]
    rows = [(row["number"], row["outcome"]) for row in cells(page, "thresholds")]
    assert rows == [("1", "not yet"), ("2", "passed"), ("3", "broken"), ("4", "passed")]
    assert "Thresholds\n1 broken · 1 not yet · 2 passed" in page.inner_text("#facts")
    assert page.evaluate("document.getElementById('chart').layout.paper_bgcolor") == PAPERS[theme]
    assert_readable(page, ["not yet", "passed"], "not yet", "passed", "BROKEN")
    thresholds(recording, 2, p95("broken"))
    until(page, lambda: drawn(page)[0][0] == "p95 &lt; 300ms: BROKEN", "it is broken by now")
    assert len(cells(page, "thresholds")) == 1, "a newer judgement had fewer"
    assert_readable(page, ["broken"], "BROKEN")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
