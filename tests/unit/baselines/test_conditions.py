"""What is known of how runs were made."""

from pathlib import Path

import pytest
from tests.fixtures.many_runs import stored
from tests.fixtures.whole_runs import CONDITIONS, T0, WholeRun

from swarmscope.baselines.conditions import Conditions, all_conditions, known
from swarmscope.errors import NoDataError


def conditions(**more: str) -> Conditions:
    """Return those of a run that tells no more than is given."""
    told = dict.fromkeys(
        ("commit", "environment", "machine", "locustfile", "locustfile_hash", "target", "verdict"),
        "",
    )
    return Conditions(**{"run": "r", "test": "shop", **told, **more}, start=0)


def test_each_run_tells_of_itself_the_newest_first(tmp_path: Path) -> None:
    runs = [
        WholeRun("old", seconds=3, conditions=dict.fromkeys(CONDITIONS, "")),
        WholeRun(
            "new", T0 + 60, seconds=3, conditions={"environment": "staging"}, verdict="failed"
        ),
    ]
    with stored(tmp_path, runs) as reader:
        new, old = all_conditions(reader).values()
    assert (new.run, new.start, new.environment) == ("new", (T0 + 60) * 1_000 + 5, "staging")
    assert (new.commit, new.machine, new.target) == (
        "3f2a91c",
        CONDITIONS["machine"],
        CONDITIONS["host"],
    )
    assert old == Conditions("old", "shop", T0 * 1_000 + 5, *("",) * 7)


@pytest.mark.parametrize("verdict", ["failed", "failed: p95 passed 300 ms"])
def test_what_others_would_pass_beside_too_easily(verdict: str) -> None:
    assert conditions(verdict=verdict).spoiled == f"its thresholds came to: {verdict}"


@pytest.mark.parametrize("verdict", ["passed", "warning", "inconclusive", ""])
def test_what_is_a_measure_for_others(verdict: str) -> None:
    assert conditions(verdict=verdict).spoiled == ""


def test_a_run_that_nobody_knows_is_named() -> None:
    with pytest.raises(NoDataError, match="no start of a run nobody's"):
        known({}, "nobody's")
