"""`make shop` switches faults in the shop that runs, and nowhere else."""

from pathlib import Path

import pytest
from tests.fixtures.make_alone import MakeAlone

THERE = {"compose.oneoff=False": ("locust-master\nshop", 0)}


@pytest.mark.parametrize(
    ("words", "told"), [(("FAULT=cliff:8",), ("cliff:8",)), (("FAULT=off",), ("off",)), ((), ())]
)
def test_what_make_was_given_is_told_to_the_shop_within_its_container(
    tmp_path: Path, words: tuple[str, ...], told: tuple[str, ...]
) -> None:
    alone = MakeAlone(tmp_path, THERE)
    # What the shell has of that name isn't meant.
    done = alone.run("shop", *words, FAULT="lock")
    assert done.returncode == 0, done.stderr
    said = alone.last()
    at = said.index("exec")
    module = ("python", "-P", "-m", "swarmscope.demo.faults.switching", "http://127.0.0.1:8080")
    assert said[at:] == ("exec", "-T", "shop", *module, *told)


def test_a_shop_that_isn_t_there_is_said_with_how_it_is_started(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    done = alone.run("shop", "FAULT=cliff")
    assert done.returncode == 2
    assert "The demo shop isn't there. Nothing was changed. `make up DEMO=on` starts it." in (
        done.stderr
    )
    assert not [call for call in alone.calls() if "exec" in call.arguments]
