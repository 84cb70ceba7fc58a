"""Of a run that is too long to be held whole, and of what comes seldom, nothing is overlooked."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.unit.gate import requests as single
from tests.unit.gate.played import SENTENCES, SPAN, Teller, live, play, rules
from tests.unit.gate.requests import BEGAN, One, one_by_one

from swarmscope.gate import running
from swarmscope.gate.evaluation import Outcome, evaluate
from swarmscope.gate.live import Live
from swarmscope.gate.thresholds_file import Thresholds
from swarmscope.gate.verdict import RunVerdict, Verdict
from swarmscope.runs.arrivals import NONE_DUE
from swarmscope.runs.doubts import Circumstances

LONG = 97
ENDED = BEGAN + LONG - 0.4


@pytest.mark.sample(2)
@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # To shrink a hundred seconds takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(one_by_one(LONG))
@pytest.mark.parametrize("warm_up", [0, 7])
def test_a_run_that_is_too_long_to_be_held_ends_as_all_of_it_does(
    monkeypatch: pytest.MonkeyPatch, warm_up: int, requests: list[One]
) -> None:
    """Its last window is cut, and a part of it all the same."""
    monkeypatch.setattr(running, "_MOST", 3)
    kinds = [one for one in SENTENCES if "stage" not in one]
    wanted = Thresholds(rules(*kinds).rules, warm_up)
    found = live(wanted, ())
    play(found, requests, seconds=LONG)
    verdict = found.conclude("r", ENDED, Circumstances(), (), {})
    course = single.course(requests, stop=ENDED, span=SPAN)
    expected = [
        result for rule in wanted.rules for result in evaluate(rule.threshold, course, warm_up)
    ]
    told = {(one.sentence, one.result.endpoint): one.result for one in verdict.judged}
    right = {(str(one.threshold), one.endpoint): one for one in expected}
    assert told.keys() == right.keys()
    assert {k: one.outcome for k, one in told.items()} == {
        k: one.outcome for k, one in right.items()
    }
    assert {k: one.value for k, one in told.items()} == {
        k: pytest.approx(one.value) for k, one in right.items()
    }


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the master hold next to nothing of a run."""
    monkeypatch.setattr(running, "_MOST", 3)


def concluded(found: Live, stopped: float = ENDED) -> RunVerdict:
    assert found.running.short
    return found.conclude("r", stopped, Circumstances(), (), {})


STEADY = [One(n, ("/a", "GET"), 5.0, failed=False) for n in range(LONG)]


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize(
    "sentence",
    [
        "failures < 1",
        'failures of "/a" < 1',
        'failures of "/a" < 1 in the last 5s',
        "failures < 1 within 5s",
        "failures of each endpoint < 1 within 5s",
    ],
)
def test_what_fails_in_the_last_moment_of_a_long_run_fails_it(sentence: str) -> None:
    found = live(rules(sentence), ())
    play(found, [*STEADY, One(LONG - 1, ("/a", "GET"), 5.0, failed=True)], seconds=LONG)
    assert concluded(found).verdict is Verdict.FAILED


@pytest.mark.usefixtures("little")
def test_what_ended_a_long_run_fails_it() -> None:
    found = live(rules("failure_rate < 5%"), ())
    play(found, STEADY, seconds=LONG)
    assert concluded(found).verdict is Verdict.PASSED
    found.ended_by["failure_rate < 5%"] = "failure_rate < 5% is broken: 10 %"
    assert concluded(found).verdict is Verdict.FAILED


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("sentence", ["max < 1s within 5s", 'max of "/a" < 1s in the last 5s'])
def test_a_long_run_is_let_go_of_whatever_is_asked_of_it(sentence: str) -> None:
    """It was held where nothing was asked of the whole run."""
    found = live(rules(sentence, 'requests > 1 in stage "warm"'), ())
    play(found, STEADY, seconds=LONG)
    kept, stage = concluded(found).judged
    assert kept.result.outcome is Outcome.KEPT
    assert stage.result.why.endswith("swarmscope check tells")


@pytest.mark.usefixtures("little")
def test_who_joins_late_takes_nothing_from_what_was_seen() -> None:
    """Nobody has told of what the newcomer hasn't: what was let go is no lack of requests."""
    found = live(rules("requests > 3 within 5s", 'requests of "/a" > 3 within 5s'), ())
    play(found, STEADY, seconds=LONG)
    found.running.expect(["w0", "w1", "late"])
    list(found.look(BEGAN + LONG, NONE_DUE, ()))
    assert [one.result.outcome for one in found.judged] == [Outcome.KEPT, Outcome.KEPT]


@pytest.mark.parametrize("ended", [False, True])
def test_whose_clock_is_ahead_of_the_master_s_has_told_of_whole_windows(*, ended: bool) -> None:
    """A window that wasn't over yet by the master's clock had no request."""
    sentences = ('requests_per_second of "/a" > 5/s within 5s', "requests_per_second > 5/s for 1s")
    teller = Teller("w", [One(n // 10, ("/a", "GET"), 5.0, failed=False) for n in range(100)])
    found = live(rules(*sentences), ["w"])
    for second in range(10):
        for report in teller.tell(second, final=ended and second == 9):
            found.running.hear("w", report)
    list(found.look(BEGAN + 9.95, NONE_DUE, ()))
    assert [one.result.outcome for one in found.judged] == [Outcome.KEPT, Outcome.KEPT]
