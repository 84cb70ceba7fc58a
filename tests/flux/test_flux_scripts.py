"""Every Flux file is checked without a server: it parses, its types fit, it is formatted."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.fixtures import boards, npm
from tests.fixtures.grafana import ROOT, filled_in

from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.queries.query import with_shared
from swarmscope.store.flux_reader import script

HERE = Path(__file__).parent
BROKEN = "from(bucket: v.defaultBucket)\n    |> range(start: v.timeRangeStart)\n    |> nosuch()\n"
OF_TWO = {"run": "a run", "baseline": "another", "run_start": "2", "baseline_start": "1"}
UNFORMATTED = "from(bucket: v.defaultBucket)\n  |> range(start: v.timeRangeStart)\n"


def runnable(flux: str) -> str:
    """Return *flux* with everything in place that Grafana puts there."""
    picked = {**boards.NOTHING_PICKED, **OF_TWO}
    return script(
        filled_in(flux, picked), run="a run", bucket="loadtest", start=0, stop=60_000, window=10
    )


@pytest.fixture(scope="module")
def parser() -> Path:
    """The folder with the Flux parser."""
    return npm.installed(HERE, "@influxdata/flux-lsp-node")


def complaints(parser: Path, scripts: Mapping[str, str]) -> dict[str, str]:
    """Return what the parser has to say against *scripts*, by name."""
    texts = {name: [text, runnable(text)] for name, text in scripts.items()}
    done = subprocess.run(
        ["node", "check.mjs"],
        cwd=parser,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    verdicts: dict[str, str] = json.loads(done.stdout)
    assert verdicts.keys() == scripts.keys()
    return {name: verdict for name, verdict in verdicts.items() if verdict}


def test_every_flux_file_parses_and_is_formatted(parser: Path) -> None:
    assert complaints(parser, {name: query.flux for name, query in CATALOGUE.items()}) == {}


def test_every_flux_file_of_the_boards_parses_and_is_formatted(parser: Path) -> None:
    files = (ROOT / "dashboards" / "flux").rglob("*.flux")
    read = {path.name: with_shared(path.read_text("utf-8")) for path in files}
    # What is behind a query of the catalogue, with places of its own, is no script.
    texts = {name: text for name, text in read.items() if "$measured" not in text}
    assert complaints(parser, texts) == {}


def test_everything_that_a_board_asks_parses(parser: Path) -> None:
    """Its files are checked for their layout; what the generator puts behind them isn't."""
    picked = {**boards.NOTHING_PICKED, **OF_TWO}
    scripts = {str(asked): filled_in(asked.flux, picked) for asked in boards.every_query()}
    found = complaints(parser, scripts)
    assert {name: why for name, why in found.items() if "not formatted" not in why} == {}


def test_the_check_refuses_an_unknown_function_and_a_careless_layout(parser: Path) -> None:
    found = complaints(parser, {"broken": BROKEN, "unformatted": UNFORMATTED})
    assert found.keys() == {"broken", "unformatted"}
    assert "does not parse" in found["broken"]
    assert "not formatted" in found["unformatted"]
