"""The list of runs: three questions, however many of them were audited."""

from typing import Any

from tests.fixtures.answers import Answers

from swarmscope.runs.listing import list_runs
from swarmscope.runs.picked import Data, Picked

ROW = {
    **{"test": "", "start": 1_000, "stop": 9_000, "target": "", "users": 1, "requests": 10},
    **{"failures": 0, "workers": 1, "user_errors": 0, "last": 9_000, "label": ""},
    **{"description": "", "resolution": 1},
}
KEPT = {
    **{"verdict": "incomplete", "said": "incomplete by 2 (interrupted)", "line": "because"},
    **{"seen": 12, "delivered": 10, "rejected": 0, "lost": 0, "pending": 2},
    **{"final": True, "requests": 10, "until": 9_000, "p95": 12.5},
}


def listed(kept: dict[str, Any], limit: int = 9) -> tuple[Answers, list[Any]]:
    names = ("a", "b", "c")
    reader = Answers(
        runs=[{"run": name, **ROW, "start": 1_000 + n} for n, name in enumerate(names)],
        kept_audits=[{"run": name, **kept} for name in names],
    )
    return reader, list_runs(reader, limit)


def test_of_runs_that_were_audited_nothing_more_is_asked():
    reader, found = listed(KEPT)
    assert [question.name for question in reader.asked] == ["runs", "kept_audits", "kept_verdicts"]
    assert [run.run for run in found] == ["c", "b", "a"]
    (audit,) = {run.audit for run in found}
    assert (audit.verdict, audit.line) == ("incomplete", "because")
    assert audit.account == "12 seen = 10 delivered + 0 rejected + 0 lost + 2 pending"
    assert (audit.running, audit.interrupted) == (False, True)
    assert {run.p95 for run in found} == {12.5}


def test_what_a_run_came_to_by_its_thresholds_is_listed_beside_its_audit():
    reader, _ = listed(KEPT)
    reader.rows["kept_verdicts"] = [{"run": "b", "verdict": "failed"}]
    told = [(run.run, run.verdict) for run in list_runs(reader, 9)]
    assert told == [("c", "not judged"), ("b", "failed"), ("a", "not judged")]


def test_audits_are_read_from_when_the_oldest_run_of_the_list_began():
    reader, found = listed(KEPT, limit=2)
    assert [run.run for run in found] == ["c", "b"]
    assert reader.asked[1].start == 1_001


def test_a_run_is_judged_anew_where_what_was_kept_may_be_older_than_its_points():
    for older in ({"final": None}, {"final": False}, {"requests": 9}, {"until": 8_999}):
        reader, _ = listed({**KEPT, **older}, limit=1)
        assert "delivery" in [question.name for question in reader.asked], older


def three(**second: Any) -> Answers:
    """Return a store of three runs that were audited; what is *second* is of the second newest."""
    rows = [{"run": name, **ROW, "start": 1_000 + n} for n, name in enumerate(("a", "b", "c"))]
    kept = [{"run": name, **KEPT} for name in ("a", "b", "c")]
    rows[1] |= {k: v for k, v in second.items() if k in ROW}
    kept[1] |= {k: v for k, v in second.items() if k in KEPT}
    return Answers(runs=rows, kept_audits=kept)


def test_of_those_picked_as_many_are_listed_however_old_they_are():
    reader = three(test="checkout", label="nightly")
    picked = Picked(tests=["checkout"], labels=["nightly"])
    assert [run.run for run in list_runs(reader, 1, picked=picked)] == ["b"]
    assert reader.asked[0].newest is None, "the newest ones may be of another test"
    assert reader.asked[1].start == 1_001, "of no other run its audit is asked for"
    assert list_runs(three(), 9, picked=picked) == []


def test_of_those_with_a_verdict_as_many_are_listed_however_old_they_are():
    complete = Picked(verdicts=[Data.COMPLETE])
    reader = three(verdict="complete", said="complete")
    assert [run.run for run in list_runs(reader, 1, picked=complete)] == ["b"]
    incomplete = Picked(verdicts=[Data.INCOMPLETE])
    assert [run.run for run in list_runs(reader, 1, picked=incomplete)] == ["c"]
    assert [run.run for run in list_runs(reader, 9, picked=incomplete)] == ["c", "a"]
