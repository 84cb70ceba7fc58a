"""What the page's code must agree on with the rest."""

import json
import re
import shutil
import subprocess
from importlib.resources import files
from typing import Any

import pytest

from swarmscope import schema
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.runs.judge import PATIENCE_MS
from swarmscope.words import lasted, share

PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (files("swarmscope") / "pages").iterdir()
    if path.name.endswith((".js", ".html", ".css"))
}


def test_the_page_warns_at_the_schema_s_limits() -> None:
    limits = dict(re.findall(r"(\w+): ([\d.]+)", PAGES["limits.js"]))
    assert float(limits["cpuPercent"]) == schema.GENERATOR_CPU_LIMIT
    assert float(limits["lagMs"]) == schema.GENERATOR_LAG_LIMIT_MS
    assert float(limits["interruptedSeconds"]) == PATIENCE_MS / 1_000
    assert float(limits["clockMs"]) == schema.CLOCK_LIMIT_MS
    assert float(limits["allRunning"]) == schema.ALL_RUNNING
    assert int(limits["apdexT"]) == schema.APDEX_T_MS
    assert int(limits["apdexSmall"]) == schema.APDEX_SMALL
    assert {name: int(limits[name]) for name in schema.REQUESTS_FOR} == schema.REQUESTS_FOR


def test_the_page_asks_only_what_the_catalogue_answers() -> None:
    lists = re.findall(r"const (?:SERIES|TABLES|WHOLE_RUN) = \[([^\]]*)\]", PAGES["app.js"])
    asked = set(re.findall(r'"(\w+)"', " ".join(lists)))
    asked |= set(re.findall(r'query: "(\w+)"', PAGES["overlays.js"]))
    assert len(asked) == 25
    assert asked <= set(CATALOGUE)


def test_only_the_source_knows_the_time_and_has_it_from_the_server() -> None:
    """A browser's clock may be off by hours; the points have the store's."""
    for name, text in PAGES.items():
        found = re.findall(r"Date\.now|new Date\(\)\.get(?!TimezoneOffset)", text)
        assert not found or name == "source.js", name
    assert 'Date.parse(response.headers.get("Date")) || Date.now()' in PAGES["source.js"]


def test_no_text_of_a_run_can_become_markup() -> None:
    for name, text in PAGES.items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text
        ), name


def test_the_page_asks_no_other_host() -> None:
    for name, text in PAGES.items():
        addresses = set(re.findall(r"https?://[^\s'\"]+", text)) - {"http://www.w3.org/2000/svg"}
        assert addresses == set(), name


def evaluated(module: str, expression: str) -> Any:
    """Return what the page's *module* makes of an *expression*."""
    node = shutil.which("node")
    if not node:
        pytest.skip("no node on PATH: the page's own numbers can't be computed")
    text = f"{PAGES[module]}\nconsole.log(JSON.stringify({expression}));"
    command = [node, "--input-type=module", "-e", text]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.mark.parametrize(
    ("seconds", "page", "report"),
    [
        (0.9, "0 s", "0:00:00"),
        (92.9, "1 min 32 s", "0:01:32"),
        (3_599.9, "59 min 59 s", "0:59:59"),
        (3_700.0, "1 h 1 min", "1:01:40"),
    ],
)
def test_a_run_lasted_as_long_on_the_page_as_in_the_report(
    seconds: float, page: str, report: str
) -> None:
    """As on boards: Grafana's `dthms` cuts, and so does the text of loads.flux."""
    assert lasted(seconds) == report
    assert evaluated("format.js", f"duration({1_000 * seconds})") == page


def test_the_page_writes_percentages_as_the_summary_does() -> None:
    """Also at both ends, where a rounded number says nothing, or all."""
    # A prime: no share lies just between two numbers, of which each language takes another.
    parts = [(part, 997) for part in range(1_200)]
    parts += [(part, 1_000_003) for part in (1, 40, 70, 9_990, 999_903, 999_990, 1_000_002)]
    said = evaluated("format.js", f"{json.dumps(parts)}.map(([a, b]) => percent(a, b))")
    assert said == [share(part, whole) for part, whole in parts]
