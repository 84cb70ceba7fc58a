"""Which runs of a list are wanted."""

import pytest

from swarmscope.runs.audit import Verdict
from swarmscope.runs.picked import Data, Picked

ROW = {"test": "checkout", "label": "nightly"}


@pytest.mark.parametrize(
    ("picked", "wanted"),
    [
        (Picked(), True),
        (Picked(tests=["search", "checkout"]), True),
        (Picked(tests=["check"]), False),
        (Picked(labels=["nightly"]), True),
        (Picked(labels=[""]), False),
        (Picked(tests=["checkout"], labels=["weekly"]), False),
    ],
)
def test_a_run_has_one_of_the_tests_and_one_of_the_labels(picked: Picked, wanted: bool) -> None:
    assert picked.has(ROW) is wanted


@pytest.mark.parametrize("nothing", ["", None])
def test_runs_about_which_nothing_was_said_have_an_empty_label(nothing: str | None) -> None:
    row = {"test": nothing, "label": nothing}
    assert Picked(tests=[""], labels=[""]).has(row)
    assert not Picked(labels=["nightly"]).has(row)


@pytest.mark.parametrize(
    ("verdict", "said", "running", "wanted"),
    [
        (Data.COMPLETE, "complete", False, True),
        (Data.COMPLETE, "complete (interrupted)", False, True),
        (Data.COMPLETE, "incomplete by 2", False, False),
        (Data.INCOMPLETE, "incomplete by 2 (running)", True, True),
        # Whatever else is amiss.
        (Data.RUNNING, "incomplete by 2 (running)", True, True),
        (Data.RUNNING, "running", True, True),
        (Data.RUNNING, "complete", False, False),
        (Data.PENDING, "running", True, False),
        (Data.NO_DATA, str(Verdict.NO_DATA), False, True),
    ],
)
def test_what_is_said_of_its_data_begins_with_the_verdict(
    verdict: Data, said: str, running: bool, wanted: bool
) -> None:
    assert Picked(verdicts=[verdict]).judged(said, running=running) is wanted
    assert Picked().judged(said, running=running)


def test_each_verdict_can_be_picked() -> None:
    assert {one.begins for one in Data} == {*Verdict, "running"}


def test_what_was_picked_is_said_as_the_options_do() -> None:
    picked = Picked(["a b"], ["", "nightly"], [Data.NO_DATA])
    assert picked.line() == "--test 'a b' --label '' --label 'nightly' --verdict no-data"
    assert picked
    assert not Picked()
