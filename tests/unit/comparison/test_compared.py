"""What a comparison comes to as a whole."""

from dataclasses import replace

import pytest

from swarmscope.comparison.compared import Comparison, Overall, Row
from swarmscope.comparison.markdown import markdown
from swarmscope.comparison.missed import Missed
from swarmscope.comparison.slower import Slower
from swarmscope.comparison.table import table
from swarmscope.errors import ExitCode
from swarmscope.gate.metrics import Percentile, Unit
from swarmscope.inference.comparison import Answer, Difference
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key

ITEMS: Key = ("/items", "GET")
ALL = AGGREGATED


def row(
    answer: Answer,
    endpoint: Key = ALL,
    *,
    between: tuple[float, float] | None = (0.97, 1.09),
    why: str = "",
) -> Row:
    low, high = between or (None, None)
    told = Difference(answer, 1.03, low, high, 0.2, "prediction interval of 10 runs", why)
    return Row(endpoint, "p95", Unit.TIME, 200.0, 206.0, told, decides=endpoint == ALL)


def comparison(*rows: Row, doubts: tuple[str, ...] = ()) -> Comparison:
    return Comparison(
        ("b1", "b2"), ("n",), rows, 0.2, ((ITEMS),), (("/old", ""),), doubts, ("b0: x",)
    )


SAME, WORSE, BETTER = (row(a) for a in (Answer.SAME, Answer.WORSE, Answer.BETTER))
SEEN = row(Answer.UNKNOWN)
HIDDEN = row(Answer.UNKNOWN, between=(0.8, 1.3))
RATE_SEEN, RATE_HIDDEN = (
    replace(row(Answer.UNKNOWN, between=between), metric="requests_per_second", unit=Unit.RATE)
    for between in ((0.84, 1.4), (0.82, 1.02))
)
"""Of a rate less is worse: a fifth more of it is as much as a sixth less."""
FAILURES = replace(row(Answer.UNKNOWN, between=(0.5, 30)), metric="failure_rate", unit=Unit.SHARE)


def failures(ratio: float | None, endpoint: Key = ALL, *, rose: bool = True) -> Row:
    told = replace(FAILURES.difference, ratio=ratio, rose=rose, why="more runs")
    return replace(
        FAILURES, endpoint=endpoint, base=0.0085, new=0.041, difference=told, decides=True
    )


NO_INTERVAL = row(Answer.UNKNOWN, between=None, why="3 more runs of the baseline")


@pytest.mark.parametrize(
    ("found", "overall", "code"),
    [
        (comparison(SAME, SAME), Overall.SAME, ExitCode.FINE),
        (comparison(SAME, SEEN), Overall.NO_DIFFERENCE, ExitCode.FINE),
        (comparison(SAME, BETTER, SEEN), Overall.BETTER, ExitCode.FINE),
        (comparison(SAME, BETTER, HIDDEN), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
        (comparison(SAME, RATE_SEEN), Overall.NO_DIFFERENCE, ExitCode.FINE),
        (comparison(SAME, RATE_HIDDEN), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
        (comparison(SAME, NO_INTERVAL), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
        # A rare endpoint never has enough requests.
        (comparison(SAME, row(Answer.UNKNOWN, ITEMS, between=None)), Overall.SAME, ExitCode.FINE),
        (comparison(SAME, row(Answer.WORSE, ITEMS)), Overall.WORSE, ExitCode.LIMIT_BROKEN),
        # That more fail is no matter of rare endpoints, unless it is less than must be seen.
        (comparison(SAME, BETTER, failures(4.8)), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
        (comparison(SAME, failures(None)), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
        (comparison(SAME, failures(4.8, ITEMS)), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
        (comparison(SAME, failures(1.1)), Overall.NO_DIFFERENCE, ExitCode.FINE),
        (comparison(WORSE, failures(4.8)), Overall.WORSE, ExitCode.LIMIT_BROKEN),
        (comparison(HIDDEN, WORSE, BETTER), Overall.WORSE, ExitCode.LIMIT_BROKEN),
        (comparison(WORSE, doubts=("why",)), Overall.WORSE, ExitCode.LIMIT_BROKEN),
        (comparison(SAME, doubts=("why",)), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
        (comparison(row(Answer.SAME, ITEMS)), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
        (comparison(), Overall.UNKNOWN, ExitCode.INCONCLUSIVE),
    ],
)
def test_what_all_rows_come_to(found: Comparison, overall: Overall, code: ExitCode) -> None:
    assert (found.overall, found.overall.exit_code) == (overall, code)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            comparison(SAME, WORSE, row(Answer.WORSE, ITEMS)),
            "Run n against 2 runs: worse: p95 of all endpoints 200 ms → 206 ms, "
            "+3 % (-3 % to +9 %) (and 1 further one).",
        ),
        (
            comparison(HIDDEN),
            "Run n against 2 runs: can't tell: p95 of all endpoints 200 ms → 206 ms, "
            "+3 % (-20 % to +30 %): a change of 20 % could hide in that.",
        ),
        (
            comparison(NO_INTERVAL),
            "Run n against 2 runs: can't tell: 3 more runs of the baseline.",
        ),
        (
            comparison(SAME, failures(4.8)),
            "Run n against 2 runs: can't tell: failure_rate of all endpoints 0.85 % → 4.1 %, "
            "+380 % (-50 % to +2,900 %), which may be a burst, as runs have that are not worse "
            "(more runs).",
        ),
        (
            comparison(SEEN),
            "Run n against 2 runs: no different, as far as it can be seen: p95 of all endpoints "
            "200 ms → 206 ms, +3 % (-3 % to +9 %).",
        ),
        (
            comparison(SEEN, BETTER),
            "Run n against 2 runs: better: p95 of all endpoints 200 ms → 206 ms, "
            "+3 % (-3 % to +9 %).",
        ),
        (
            comparison(SAME, doubts=("it was busy",)),
            "Run n against 2 runs: can't tell: it was busy.",
        ),
        (comparison(), "Run n against 2 runs: can't tell: the runs have no request in common."),
    ],
)
def test_in_one_sentence(found: Comparison, sentence: str) -> None:
    assert found.sentence() == sentence


def test_what_is_worse_stays_so_where_an_endpoint_is_gone() -> None:
    """And of what is missed the first is named."""
    old, items = (Missed(key, "run n has", 0, 70) for key in (("/old", ""), ITEMS))
    found = replace(comparison(SAME), missed=(old, items))
    assert found.overall is Overall.UNKNOWN
    said = "run n has 0 requests of /old, where runs of the base have 70 or more in as much time"
    assert found.sentence() == (
        f"Run n against 2 runs: can't tell: {said}: nobody knows whether it is worse."
    )
    assert replace(comparison(WORSE), missed=(items,)).overall is Overall.WORSE
    assert [line for line in table(found) if line.startswith("?")] == [
        f"?  {said}",
        f"?  {items!s}",
    ]
    assert f"- {said}\n" in markdown(found)
    assert found.to_json()["missed"] == [said, str(items)]


def test_what_is_slower_by_too_few_requests_does_not_pass() -> None:
    one = Slower(ITEMS, Percentile(95), "run n has", 8, 56, 184.0)
    found = replace(comparison(SAME), slower=(one,))
    said = (
        "run n has fewer requests of GET /items than p95 takes (59), but 8 of 56 took longer than "
        "184 ms, a larger share than of the base"
    )
    assert found.overall is Overall.UNKNOWN
    assert found.sentence() == (
        f"Run n against 2 runs: can't tell: {said}: nobody knows whether it is worse."
    )
    assert replace(comparison(WORSE), slower=(one,)).overall is Overall.WORSE
    assert f"?  {said}" in table(found)
    assert f"- {said}\n" in markdown(found)
    assert found.to_json()["slower"] == [said]


def test_for_programs() -> None:
    told = comparison(WORSE).to_json()
    assert (told["answer"], told["exit_code"], told["base"], told["new"]) == (
        *("worse", 1),
        *(["b1", "b2"], ["n"]),
    )
    assert (told["appeared"], told["vanished"], told["left_out"]) == (
        ["GET /items"],
        ["/old"],
        ["b0: x"],
    )
    (only,) = told["rows"]
    assert only["endpoint"] is None
    assert (only["answer"], only["ratio"], only["low"], only["high"]) == ("worse", 1.03, 0.97, 1.09)


def test_for_a_terminal_what_is_worse_comes_first_and_nothing_is_left_out() -> None:
    found = comparison(SAME, row(Answer.WORSE, ("/a\nb", "GET")), NO_INTERVAL, doubts=("why",))
    lines = table(found)
    assert [line.split("  ")[0] for line in lines[1:4]] == ["can't tell", "same", "worse"]
    assert "3 more runs of the baseline" in lines[1]
    assert lines[4:] == ["gone: /old", "new: GET /items", "left out: b0: x", "?  why"]
    assert not any("\n" in line for line in lines)


def test_for_a_comment_nothing_of_a_name_is_obeyed() -> None:
    text = markdown(comparison(row(Answer.WORSE, ("/a|b<i>@you", "GET")), doubts=("*why*",)))
    assert text.startswith("❌ **Run n against 2 runs: worse")
    assert (
        "| ❌ | p95 | GET /a\\|b&lt;i\\>@\u200byou | 200 ms | 206 ms | +3 % (-3 % to +9 %) |"
        in text
    )
    assert "- \\*why\\*" in text
