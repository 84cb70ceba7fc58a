"""Programs that use Locust as a library, with more than one Environment in their process."""

import subprocess
import sys

import pytest
from tests.fixtures.locusts import SCENARIOS, Locusts
from tests.fixtures.stores import Store

from swarmscope.runs.audit import Verdict, audit_when_settled
from swarmscope.store.question import Question


def play(swarm: Locusts, *, shared: bool) -> str:
    """Run the program; return what it said."""
    done = subprocess.run(
        [sys.executable, str(SCENARIOS / "two_environments.py")],
        env={**swarm.environment, "SCENARIO_SHARED": "1" if shared else "0"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stderr


def stored(store: Store, run: str) -> dict[str, int]:
    """Return the requests of *run* by name; they are complete, and of one worker."""
    found = audit_when_settled(store.reader, run, 30)
    assert (found.verdict, len(found.accounts)) == (Verdict.COMPLETE, 1), found.line()
    rows = store.reader.ask(Question("endpoint_totals", run)).records()
    return {row["name"]: row["requests"] for row in rows}


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.sample(3)
@pytest.mark.parametrize("shared", [False, True], ids=["apart", "shared"])
def test_each_has_a_run_of_its_own(swarm: Locusts, store: Store, run: str, shared: bool):
    said = play(swarm, shared=shared)
    made = {name: len(seen.times) for (name, _), seen in swarm.witnessed().items()}
    assert min(made.values()) > 0
    assert f"named {run}, as SWARMSCOPE_RUN_ID has it, and further ones {run}-2, {run}-3" in said
    assert ("Two Environments of this process share their events" in said) is shared
    # Locust's own statistics count a shared event for both, too.
    own = [made, made] if shared else [{name: made[name]} for name in ("/first", "/second")]
    assert [stored(store, run), stored(store, f"{run}-2")] == own
    # Each stands in front of all others, and doesn't take the other for one of them.
    assert "put itself in front" not in said
