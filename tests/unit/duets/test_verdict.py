"""The verdict on a duet: what decides, what is doubtful, and what is only said."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.fixtures.answers import Answers
from tests.unit.duets.played import GET, played
from tests.unit.gate.requests import One, course

from swarmscope.duets.comparison import Compared, Of
from swarmscope.duets.verdict import DuetVerdict, Wanted, _notes, _refused, _silent
from swarmscope.duets.words import markdown, table
from swarmscope.errors import ExitCode
from swarmscope.inference.comparison import Answer, Difference


def one(answer: Answer, of: Of = Of.P95, endpoint: tuple[str, str] | None = None) -> Compared:
    why = "about 300 s of such a load" if answer is Answer.UNKNOWN else ""
    return Compared(endpoint, of, 10.0, 12.0, Difference(answer, 1.2, 1.1, 1.3, 0.01, "", why))


def verdict(*each: Compared, doubts: tuple[str, ...] = ()) -> DuetVerdict:
    return DuetVerdict("r", "A is a, B is b", Wanted(), each, doubts, ())


SAME, WORSE, BETTER, UNKNOWN = map(one, (Answer.SAME, Answer.WORSE, Answer.BETTER, Answer.UNKNOWN))


@pytest.mark.parametrize(
    ("each", "answer", "code"),
    [
        ((SAME,), Answer.SAME, ExitCode.FINE),
        ((SAME, BETTER), Answer.BETTER, ExitCode.FINE),
        ((SAME, BETTER, WORSE, UNKNOWN), Answer.WORSE, ExitCode.LIMIT_BROKEN),
        ((SAME, one(Answer.WORSE, endpoint=GET)), Answer.WORSE, ExitCode.LIMIT_BROKEN),
        ((SAME, UNKNOWN), Answer.UNKNOWN, ExitCode.INCONCLUSIVE),
        ((SAME, one(Answer.UNKNOWN, endpoint=GET)), Answer.SAME, ExitCode.FINE),
    ],
)
def test_what_each_comes_to_decides(
    each: tuple[Compared, ...], answer: Answer, code: ExitCode
) -> None:
    found = verdict(*each)
    assert (found.answer, found.exit_code) == (answer, code)
    doubtful = verdict(*each, doubts=("its data is incomplete",))
    assert (doubtful.answer, doubtful.exit_code) == (Answer.UNKNOWN, ExitCode.INCONCLUSIVE)
    assert "its data is incomplete" in doubtful.sentence()


ALONE = "A was asked GET /a 600 times and B 0 times: there is nothing to compare"


@pytest.mark.parametrize(
    ("each", "answer"),
    [
        ((SAME,), Answer.UNKNOWN),
        ((SAME, BETTER), Answer.UNKNOWN),
        ((SAME, UNKNOWN), Answer.UNKNOWN),
        ((SAME, one(Answer.WORSE, endpoint=GET)), Answer.WORSE),
    ],
)
def test_of_an_endpoint_that_one_side_alone_was_asked_nobody_can_tell(
    each: tuple[Compared, ...], answer: Answer
) -> None:
    """But what is worse is worse."""
    found = replace(verdict(*each), uneven=(ALONE,))
    assert found.answer is answer
    assert (ALONE in found.sentence()) is (answer is Answer.UNKNOWN)
    assert f"?  {ALONE}" in table(found)
    assert f"- {ALONE}\n" in markdown(found)
    assert found.to_json()["uneven"] == [ALONE]
    doubtful = replace(found, doubts=("its data is incomplete",))
    assert (doubtful.answer, ALONE in doubtful.sentence()) == (Answer.UNKNOWN, False)


def test_that_more_of_an_endpoint_fail_is_not_the_same_whatever_all_together_come_to() -> None:
    """But what is worse is worse."""
    why = "8 of 8 of B's requests failed and 0 of 8 of A's"
    told = Difference(Answer.UNKNOWN, None, None, None, None, "", why, rose=True)
    risen = Compared(("/pay", "POST"), Of.FAILURES, 0.0, 1.0, told)
    found = verdict(SAME, BETTER, risen)
    assert (found.answer, found.exit_code) == (Answer.UNKNOWN, ExitCode.INCONCLUSIVE)
    assert found.sentence() == (
        f"Run r: nobody can tell whether B is worse than A: failure_rate of POST /pay: {why}."
    )
    assert verdict(UNKNOWN, risen).sentence().endswith(f"{why} (and 1 further reason).")
    assert verdict(SAME, WORSE, risen).answer is Answer.WORSE


def test_sentences_name_what_decided_first() -> None:
    assert verdict(SAME, WORSE, WORSE).sentence() == (
        "Run r: B is worse than A: p95 of all together is 1.200 (1.100 to 1.300) of A's "
        "(and 1 further reason)."
    )
    assert verdict(SAME).sentence() == "Run r: B is the same as A, shown to within 5 %."
    assert "about 300 s of such a load" in verdict(UNKNOWN).sentence()


def test_what_has_no_ratio_is_told_by_its_rates_or_by_what_is_missing() -> None:
    none = Difference(Answer.WORSE, None, None, None, 0.01, "")
    worse = Compared(None, Of.FAILURES, 0.0, 0.1, none)
    assert "failure_rate of all together: 10 % where A has 0 %" in verdict(worse).sentence()
    few = Difference(Answer.UNKNOWN, None, None, None, None, "", "2 more blocks")
    unknown = Compared(None, Of.P50, 1.0, 1.0, few)
    assert "p50 of all together: 2 more blocks" in verdict(unknown).sentence()


def test_json_has_all_of_it() -> None:
    told = json.loads(json.dumps(verdict(WORSE, one(Answer.SAME, endpoint=GET)).to_json()))
    assert (told["answer"], told["exit_code"]) == ("worse", 1)
    first, second = told["compared"]
    assert (first["endpoint"], first["metric"], first["ratio"]) == (None, "p95", 1.2)
    assert (second["endpoint"], second["method"], second["answer"]) == (*GET, "same")


def answered(side: str, status: str, requests: int) -> dict[str, Any]:
    return {"name": f"/items @{side}", "method": "GET", "status": status, "requests": requests}


@pytest.mark.parametrize(
    ("rows", "doubtful"),
    [
        ([answered("A", "200", 100), answered("B", "200", 100)], False),
        ([answered("A", "200", 100), answered("B", "401", 100)], True),
        ([answered("A", "200", 90), answered("A", "403", 10), answered("B", "403", 100)], True),
        ([answered("A", "201", 100), answered("B", "404", 100)], True),
        ([answered("A", "200", 100), answered("B", "429", 100)], False),
        ([answered("A", "200", 100), answered("B", "408", 100)], False),
        ([answered("A", "401", 100), answered("B", "401", 100)], False),
        ([answered("A", "401", 100), answered("B", "200", 100)], False),
        ([answered("A", "200", 100), answered("B", "200", 98), answered("B", "401", 2)], False),
        ([answered("A", "200", 100), answered("B", "500", 100)], False),
    ],
)
def test_a_b_that_refuses_whom_a_lets_in_is_a_doubt(
    rows: list[dict[str, Any]], doubtful: bool
) -> None:
    said = list(_refused(Answers(endpoint_statuses=rows), "r"))
    assert bool(said) is doubtful
    assert all("--mode users" in one and "GET /items" in one for one in said)


@pytest.mark.parametrize(("a", "doubtful"), [(1.0, True), (0.99, False), (None, False)])
def test_an_a_that_failed_each_request_is_a_doubt(a: float | None, doubtful: bool) -> None:
    same = Difference(Answer.BETTER, 0.5, None, None, 0.01, "")
    all_of, other = (Compared(of, Of.FAILURES, a, 0.5, same) for of in (None, GET))
    assert bool(list(_silent([all_of, other]))) is doubtful
    assert list(_silent([other])) == []


def test_what_is_not_compared_is_said() -> None:
    names = ("/a @A", "/b @B", "logo", "(other)", "/d @A", "/d @B")
    said = list(_notes(course([One(0, (name, "GET"), 9.0, False) for name in names])))
    assert said[:3] == [
        "Only A was asked GET /a.",
        "Only B was asked GET /b.",
        "On no side, and not compared: GET (other), GET logo.",
    ]
    assert "SWARMSCOPE_MAX_NAMES" in said[3]
    assert list(_notes(played())) == []
