"""`swarmscope check`: what a run ends with, for people, builds and servers of builds."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import junitparser
import pytest
from tests.fixtures import recorded
from tests.fixtures.commands import Command
from tests.fixtures.many_runs import stored
from tests.fixtures.whole_runs import T0, WholeRun
from tests.unit.gate.csvs import stats

from swarmscope.errors import ExitCode
from swarmscope.gate.csv_evaluation import NOTE

REQUESTS = 10


@pytest.fixture
def check(command: Command, small_store: Path) -> Command:
    """Return the command about a run that is complete."""

    def run(*words: str, **env: str) -> object:
        return command("check", "complete", "--wait", "0", *words, "--data", small_store, **env)

    return run  # type: ignore[return-value]


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--fail", "requests > 1"), ExitCode.FINE, "passed: 1 threshold kept."),
        (("--fail", "requests < 1"), ExitCode.LIMIT_BROKEN, "failed: requests < 1 is broken"),
        (("--warn", "requests < 1"), ExitCode.FINE, "passed with a warning: requests < 1 is"),
        (("--fail", 'max of "/x" < 1s'), ExitCode.INCONCLUSIVE, "is inconclusive: max of"),
        (("--warn", 'max of "/x" < 1s'), ExitCode.FINE, "passed with a warning: max of"),
        (("--fail", "p50 < 1s"), ExitCode.INCONCLUSIVE, "is inconclusive: p50 < 1s can't be"),
        (("--fail", "max < 9s", "--warm-up", "1h"), ExitCode.INCONCLUSIVE, "its warm-up is as"),
    ],
)
def test_each_outcome_has_its_exit_code(
    check: Command, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    done = check(*words)
    assert (done.code, done.err) == (code, "")
    assert said in done.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), ExitCode.WRONG_USAGE, "There is no threshold"),
        (("--fail", "p95 < 3"), ExitCode.WRONG_USAGE, "the unit is missing"),
        (("--warm-up", "3"), ExitCode.WRONG_USAGE, "--warm-up: a stretch of time"),
        (("--thresholds", "nowhere.yaml"), ExitCode.WRONG_USAGE, "can't be read"),
        (("--fail", "p95 <= +10% of baseline"), ExitCode.WRONG_USAGE, "none is named"),
        (("--fail", "requests < 1", "--csv", "a"), ExitCode.WRONG_USAGE, "Give one of the two"),
    ],
)
def test_what_can_t_be_used_is_an_error(
    check: Command, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    done = check(*words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


def test_a_step_s_summary_that_can_t_be_written_hides_no_verdict(
    check: Command, full: Path
) -> None:
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(full)}
    done = check("--fail", "requests < 1", **env)
    assert (done.code, "step's summary can't be written" in done.err) == (1, True)


@pytest.mark.release
@pytest.mark.long
def test_it_is_kept_in_a_file_that_no_server_holds(command: Command, small_store: Path) -> None:
    """It was kept by a server alone: a run that failed was taken into a baseline."""
    there = ("--data", small_store)
    asked = ("check", "complete", "--wait", "0", *there)
    assert command(*asked, "--fail", "requests < 1").code == ExitCode.LIMIT_BROKEN
    assert _listed(command, small_store) == ("complete", "failed")
    done = command("baseline", "add", "complete", *there)
    assert (done.code, "its thresholds came to: failed" in done.err) == (5, True)
    assert command(*asked, "--fail", "requests > 1").code == ExitCode.FINE
    assert _listed(command, small_store) == ("complete", "passed")
    assert command("baseline", "add", "complete", *there).code == ExitCode.FINE


def _listed(command: Command, folder: Path) -> tuple[str, str]:
    (row,) = (
        one
        for one in json.loads(command("runs", "--json", "--data", folder).out)
        if one["run"] == "complete"
    )
    return row["audit"], row["verdict"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_where_it_can_t_be_kept_it_is_told_all_the_same(check: Command, small_store: Path) -> None:
    for path in (small_store, *small_store.iterdir()):
        os.chown(path, 12_345, 12_345)
    done = check("--fail", "requests < 1")
    assert done.code == ExitCode.LIMIT_BROKEN
    assert "was made by another user (uid 12345)" in done.err
    assert done.err.endswith("What was found isn't kept in the store.\n")


@pytest.mark.long
def test_what_it_waits_for_is_said(command: Command, small_store: Path) -> None:
    words = ("check", "waits", "--wait", "1.5", "--fail", "requests < 1", "--data", small_store)
    done = command(*words)
    assert done.code == ExitCode.LIMIT_BROKEN
    (said,) = done.err.splitlines()
    assert said.startswith("Waiting up to 1.5 s for the run's last data: pending by 6 of 10")
    assert command(*words[:2], "--wait", "0", *words[4:]).err == ""


@pytest.mark.long
def test_what_is_missing_can_t_mend_how_many_there_are(command: Command, small_store: Path) -> None:
    """Of the ten requests that there were eight are stored."""
    asked = ("check", "lost", "--wait", "0", "--data", small_store)
    assert command(*asked, "--fail", "requests < 8").code == ExitCode.LIMIT_BROKEN
    assert command(*asked, "--fail", "requests > 9").code == ExitCode.INCONCLUSIVE


@pytest.mark.long
def test_of_two_runs_with_one_id_not_even_a_failure_is_certain(
    command: Command, tmp_path: Path
) -> None:
    """The one that failed may be the other."""
    run = WholeRun("r", seconds=6, failed=0.5)
    asked = ("check", "r", "--wait", "0", "--fail", "failures < 1", "--data", tmp_path / "two")
    with stored(tmp_path / "two", [run]):
        pass
    assert command(*asked).code == ExitCode.LIMIT_BROKEN
    with stored(tmp_path / "two", [replace(run, began=T0 + 100)]):
        pass
    done = command(*asked)
    assert (done.code, "2 runs have this id" in done.out) == (ExitCode.INCONCLUSIVE, True)


@pytest.mark.long
def test_whose_generators_were_saturated_passes_no_threshold(
    command: Command, recorded_store: Path
) -> None:
    asked = ("check", recorded.RUN, "--wait", "0", "--fail", "requests > 1")
    done = command(*asked, "--data", recorded_store)
    assert done.code == ExitCode.INCONCLUSIVE
    doubts = [line for line in done.out.splitlines() if line.startswith("?")]
    assert [line.split()[1:5] for line in doubts] == [
        ["a", "load", "generator", "was"],
        ["436", "of", "2,420", "iterations"],
        ["220", "of", "2,420", "iterations"],
    ]
    done = command(
        *asked, "--no-generators", "--fail", "dropped_arrivals < 500", "--data", recorded_store
    )
    assert done.code == ExitCode.FINE


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("run", "code", "said"),
    [
        ("complete", ExitCode.FINE, "Run complete passed"),
        ("lost", ExitCode.INCONCLUSIVE, "its data is incomplete by 2 of 10 requests"),
        ("waits", ExitCode.INCONCLUSIVE, "its data is pending by 6 of 10"),
        ("silent", ExitCode.INCONCLUSIVE, "its data is no data to judge"),
        ("nobody", ExitCode.NO_DATA, ""),
    ],
)
def test_a_run_whose_data_isn_t_there_never_passes(
    command: Command, small_store: Path, run: str, code: ExitCode, said: str
) -> None:
    done = command(
        "check", run, "--wait", "0", "--fail", "failure_rate < 100%", "--data", small_store
    )
    assert done.code == code
    assert said in done.out


def test_a_run_that_goes_on_is_inconclusive(command: Command, going_store: Path) -> None:
    done = command("check", "--wait", "0", "--fail", "requests > 1", "--data", going_store)
    assert done.code == ExitCode.INCONCLUSIVE
    assert "Run going is inconclusive: it still goes on" in done.out


def test_a_file_and_options_are_judged_together(check: Command, tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text("generators: off\nfail: [requests > 1]\nwarn: [failures < 1]\n")
    done = check("--thresholds", str(path), "--fail", "avg < 9s", "--json")
    told = json.loads(done.out)
    sentences = [one["threshold"] for one in told["thresholds"]]
    assert sentences == ["requests > 1", "failures < 1", "avg < 9s"]
    assert told["thresholds"][0]["value"] == REQUESTS


def test_each_threshold_is_a_line(check: Command) -> None:
    words = ("--fail", "requests > 1", "--warn", "requests < 1", "--fail", "requests < 1 for 1s")
    source, *lines = check(*words).out.splitlines()
    assert re.fullmatch(r"From the store in .*:", source)
    assert lines[0].split() == ["ok", "requests", ">", "1", str(REQUESTS)]
    assert [line.split()[0] for line in lines[:-1]] == ["ok", "FAIL", "warn"]
    assert lines[1].endswith(" UTC")


def test_files_for_builds_are_written(check: Command, tmp_path: Path) -> None:
    done = check("--fail", "requests < 1", "--junit", "r.xml", "--markdown", "r.md")
    assert done.code == ExitCode.LIMIT_BROKEN
    (suite,) = junitparser.JUnitXml.fromfile(str(tmp_path / "r.xml"))
    assert (suite.tests, suite.failures) == (1, 1)
    assert (tmp_path / "r.md").read_text().startswith("❌ **Run ")


def test_exceptions_of_the_locustfile_are_told_though_no_threshold_is_about_them(
    command: Command, recorded_store: Path
) -> None:
    """They are no failed requests, and what stood behind them was never requested."""
    asked = ("check", recorded.RUN, "--wait", "0", "--data", recorded_store, "--fail")
    told = json.loads(command(*asked, "sum(locust_user_error.count or 0) == 0", "--json").out)
    (note,), (about_them,) = told["notes"], told["thresholds"]
    assert note.startswith("the locustfile's own code let out ")
    assert about_them["outcome"] == "broken"


def test_findings_for_gitlab_are_of_a_line_of_the_file(check: Command, tmp_path: Path) -> None:
    (tmp_path / "thresholds.yaml").write_text("fail:\n  - requests > 1\n  - requests < 1\n")
    words = ("--thresholds", "thresholds.yaml", "--fail", "failures > 1")
    check(*words, "--code-quality", "q.json")
    places = [one["location"] for one in json.loads((tmp_path / "q.json").read_text())]
    assert places == [
        {"path": "thresholds.yaml", "lines": {"begin": 3}},
        {"path": ".gitlab-ci.yml", "lines": {"begin": 1}},
    ]


def test_bytes_that_are_no_text_end_no_verdict(command: Command, tmp_path: Path) -> None:
    """As Python has what a shell hands on in another encoding."""
    stats(tmp_path / "run_stats.csv")
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    forms = ("--junit", "r.xml", "--markdown", "r.md", "--code-quality", "q.json")
    asked = ("check", "--csv", "run_stats.csv", "--fail", 'max of "/\udcff" < 1s')
    done = command(*asked, *forms, **env)
    assert done.code == ExitCode.INCONCLUSIVE
    assert "/\\udcff" in (tmp_path / "r.md").read_text()
    assert "/\\udcff" in (tmp_path / "summary.md").read_text()


@pytest.mark.long
def test_a_field_is_told_of_whoever_wrote_it(command: Command, own_store: Path) -> None:
    asked = ("check", recorded.RUN, "--wait", "0", "--data", own_store, "--fail")
    done = command(*asked, "min(cpu.usage_idle) > 100")
    assert done.code == ExitCode.LIMIT_BROKEN, "it is certain, although the generators were full"
    done = command(*asked, 'max(cpu.usage_idle{host="nowhere"}) < 1')
    assert done.code == ExitCode.INCONCLUSIVE
    assert 'no point of cpu.usage_idle has host="nowhere"' in done.out
    done = command(*asked, 'requests{env="test"} < 1')
    assert done.code == ExitCode.LIMIT_BROKEN
    done = command(*asked, 'requests{env="tset"} < 1')
    assert 'no point of locust_stats.count has env="tset": did you mean env="test"?' in done.out


@pytest.mark.long
@pytest.mark.parametrize("aggregate", ["sum", "increase"])
def test_nothing_written_is_0_where_that_is_said(check: Command, aggregate: str) -> None:
    """A good run could never pass; and without a word of it a mistyped name always would."""
    why = "nobody wrote a measurement ordrs while it went on"
    done = check("--fail", f"{aggregate}(ordrs.lost) == 0")
    assert (done.code, why in done.out) == (ExitCode.INCONCLUSIVE, True)
    assert f"(if that means 0, write {aggregate}(ordrs.lost or 0))" in done.out
    done = check("--fail", f"{aggregate}(ordrs.lost or 0) == 0")
    assert (done.code, f"0  taken for 0: {why}" in done.out) == (ExitCode.FINE, True)
    done = check("--fail", f"{aggregate}(ordrs.lost or 0) > 0")
    assert done.code == ExitCode.LIMIT_BROKEN
    assert f"(ordrs.lost or 0) > 0 is broken: 0, taken for 0: {why}" in done.out


@pytest.mark.parametrize(
    ("counted", "why"),
    [
        ('cpu.usage_idle{host="nowhere"}', 'no point of cpu.usage_idle has host="nowhere"'),
        ("locust_run.message", "locust_run.message holds no numbers"),
    ],
)
def test_what_is_there_and_no_number_is_no_0(
    command: Command, own_store: Path, counted: str, why: str
) -> None:
    """A tag that is mistyped, or a field of text, would pass each run."""
    asked = ("check", recorded.RUN, "--wait", "0", "--data", own_store, "--json", "--fail")
    for of in (f"sum({counted} or 0)", f"increase({counted} or 0)", f"sum({counted})"):
        (told,) = json.loads(command(*asked, f"{of} == 0").out)["thresholds"]
        assert (told["outcome"], why in told["why"]) == ("can't tell", True)
        assert "if that means 0" not in told["why"]


def test_a_name_that_is_nearly_there_is_meant_and_not_0(command: Command, own_store: Path) -> None:
    asked = ("check", recorded.RUN, "--wait", "0", "--data", own_store, "--fail")
    done = command(*asked, "sum(cpus.usage_idle) == 0")
    assert "did you mean cpu?" in done.out
    assert "if that means 0" not in done.out


def test_without_a_store_a_csv_is_judged(command: Command, tmp_path: Path) -> None:
    stats(tmp_path / "run_stats.csv")
    asked = ("check", "--csv", "run_stats.csv", "--fail")
    done = command(*asked, "p95 < 300ms")
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert done.out.splitlines() == [
        "From run_stats.csv, written by Locust:",
        "ok    p95 < 300ms  235 ms",
        f"note  {NOTE}.",
        "Run run passed: 1 threshold kept.",
    ]
    done = command(*asked, "p95 < 200ms of each endpoint")
    assert done.code == ExitCode.LIMIT_BROKEN
    assert done.out.splitlines()[-1].startswith("Run run failed: "), "a name has a line end"
    assert command(*asked, "apdex(1s) > 0.9").code == ExitCode.INCONCLUSIVE
    assert command("check", "--csv", "x.csv", "--fail", "p95 < 1s").code == ExitCode.WRONG_USAGE


@pytest.mark.long
def test_a_runner_of_github_s_is_told(
    check: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the guard of what is printed: that takes a line that begins so for somebody else's."""
    import io  # noqa: PLC0415
    import sys  # noqa: PLC0415

    heard = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", heard)
    summary = tmp_path / "summary.md"
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    check("--fail", "requests < 1", **env)
    assert heard.getvalue().startswith("::error title=Load test failed::requests < 1 is broken")
    assert summary.read_text().startswith("❌")
    check("--fail", "requests < 1")
    assert heard.getvalue().count("::error") == 1
