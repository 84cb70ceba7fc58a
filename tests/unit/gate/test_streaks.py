"""What is requested seldom is broken while the run goes on, when it is afterwards."""

from collections.abc import Sequence
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gate import requests as single
from tests.unit.gate.played import SPAN, Teller, live, rules
from tests.unit.gate.requests import BEGAN, One

from swarmscope.gate.evaluation import Outcome, Result, evaluate, longest_streak
from swarmscope.gate.sentences import read
from swarmscope.gate.streaks import Streak
from swarmscope.runs.arrivals import NONE_DUE

LASTS = 90
SELDOM = [One(n, ("/rare", "GET"), 900.0, failed=False) for n in range(0, LASTS, 30)]
OFTEN = [One(n, ("/often", "GET"), 5.0, failed=False) for n in range(LASTS)]
LATE = [One(n, ("/late", "GET"), 5.0, failed=False) for n in range(60, LASTS)]


def ended_at(sentence: str, requests: Sequence[One]) -> float:
    """Return after how many seconds the test is ended."""
    found, teller = live(rules(sentence, abort=True), ["w"]), Teller("w", requests)
    for second in range(LASTS):
        for report in teller.tell(second):
            found.running.hear("w", report)
        list(found.look(BEGAN + second + 1, NONE_DUE, ()))
        if found.breach(BEGAN + second + 1):
            return second + 1
    return inf


@pytest.mark.parametrize(
    ("sentence", "requests", "after"),
    [
        ('max of "/rare" < 500ms for 15s', [*SELDOM, *OFTEN], 65),
        ('max of "/rare" < 500ms for 10s', [*SELDOM, *OFTEN], 35),
        ('max of "/rare" < 500ms for 20s', [*SELDOM, *OFTEN], inf),
        ("max of each endpoint < 500ms for 15s", [*SELDOM, *OFTEN], 65),
        ('max of glob "/r*" < 500ms for 15s', SELDOM, 65),
        # Seconds without a request aren't there, and others end the stretch.
        ("max < 500ms for 3s", SELDOM, 61),
        ("max < 500ms for 3s", [*SELDOM, OFTEN[10]], inf),
        # Before it came there was no request to it.
        ("requests of each endpoint > 0 for 50s", [*LATE, *OFTEN], 65),
        ("requests of each endpoint > 0 for 1m", [*LATE, *OFTEN], 65),
        ("requests of each endpoint > 0 for 65s", [*LATE, *OFTEN], inf),
    ],
)
def test_it_ends_the_test_when_it_is_broken(
    sentence: str, requests: Sequence[One], after: float
) -> None:
    assert ended_at(sentence, requests) == after
    seen = min(after, LASTS)
    course = single.course(
        [one for one in requests if one.second < seen], stop=BEGAN + seen, span=SPAN
    )
    outcomes = {one.outcome for one in evaluate(read(sentence), course)}
    assert (Outcome.BROKEN in outcomes) is (after < inf)


THRESHOLD = read("max < 500ms for 4s")


@given(st.lists(st.lists(st.floats(1, 999))).filter(any))
def test_piece_by_piece_it_is_what_all_of_it_is(pieces: list[list[float]]) -> None:
    streak, measured = Streak(asked=True), list[Result]()
    for piece in pieces:
        found = []
        for value in piece:
            at = BEGAN + len(measured) + len(found)
            outcome = Outcome.KEPT if value < 500 else Outcome.BROKEN
            found.append(Result(THRESHOLD, outcome, None, value, at, at + 1))
        streak.add(found)
        measured += found
    assert streak.result(THRESHOLD) == longest_streak(measured, 4)
