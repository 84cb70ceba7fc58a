"""The list of runs: two questions, however many of them were audited."""

from typing import Any

from tests.fixtures.answers import Answers

from swarmscope.runs.listing import list_runs

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
    assert [question.name for question in reader.asked] == ["runs", "kept_audits"]
    assert [run.run for run in found] == ["c", "b", "a"]
    (audit,) = {run.audit for run in found}
    assert (audit.verdict, audit.line) == ("incomplete", "because")
    assert audit.account == "12 seen = 10 delivered + 0 rejected + 0 lost + 2 pending"
    assert (audit.running, audit.interrupted) == (False, True)
    assert {run.p95 for run in found} == {12.5}


def test_audits_are_read_from_when_the_oldest_run_of_the_list_began():
    reader, found = listed(KEPT, limit=2)
    assert [run.run for run in found] == ["c", "b"]
    assert reader.asked[1].start == 1_001


def test_a_run_is_judged_anew_where_what_was_kept_may_be_older_than_its_points():
    for older in ({"final": None}, {"final": False}, {"requests": 9}, {"until": 8_999}):
        reader, _ = listed({**KEPT, **older}, limit=1)
        assert "delivery" in [question.name for question in reader.asked], older
