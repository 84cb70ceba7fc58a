"""`swarmscope compare`: the answer for people, builds and programs."""

import json
from pathlib import Path

import pytest
from tests.fixtures.commands import Command, Done
from tests.fixtures.many_runs import put, stored
from tests.fixtures.whole_runs import ITEMS, ORDER, T0, WholeRun, several

from swarmscope.baselines.kept import line_of
from swarmscope.baselines.named import Named
from swarmscope.errors import ExitCode

NEWER = T0 + 900


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of a baseline of ten runs, and runs to hold against it."""
    base = several("base", 10, 0.01, a_second=60)
    runs = [
        *base,
        WholeRun("alike", NEWER, a_second=60),
        WholeRun("slow", NEWER + 60, slower=1.5, a_second=60),
        WholeRun("failing", NEWER + 120, failed=0.05, a_second=60),
        WholeRun("more-users", NEWER + 180, users=9, a_second=60),
        WholeRun("elsewhere", NEWER + 240, conditions={"machine": "64 x Other"}, a_second=60),
        WholeRun(
            "other-names", NEWER + 300, medians={ITEMS: 40.0, ("/new", "GET"): 9.0}, a_second=60
        ),
        WholeRun("one-slow", NEWER + 360, medians={ITEMS: 40.0, ORDER: 190.0}, a_second=60),
        WholeRun("fewer", NEWER + 420, a_second=45),
        WholeRun("hangs", NEWER + 600, a_second=60, silent_after=14),
        WholeRun("broken", NEWER + 480, slower=3.0, verdict="failed", a_second=60),
    ]
    place = tmp_path_factory.mktemp("store")
    with stored(place, runs) as reader:
        lost = "\n".join(WholeRun("lost", NEWER + 540, a_second=60).lines())
        put(reader.database, lost.replace("requests_seen=2400i", "requests_seen=2401i").split("\n"))
        made = Named(reader).made
        for at, run in enumerate(base):
            put(reader.database, [line_of("main", made(run.run), at)])
        put(reader.database, [line_of("main", made("more-users"), 99)])
        for name, against in (("spoiled", ""), ("anyway", "its thresholds came to: failed")):
            lines = [line_of(name, made(f"base-{i}"), i) for i, _ in enumerate(base)]
            put(reader.database, [*lines, line_of(name, made("broken"), len(base), against)])
    return place


@pytest.fixture
def compare(command: Command, folder: Path) -> Command:
    """Return the command about that store."""

    def run(*words: str | Path, **env: str) -> Done:
        return command("compare", *words, "--data", folder, **env)

    return run


def test_a_run_like_the_others_is_no_worse(compare: Command) -> None:
    done = compare("main", "alike")
    assert done.code == 0
    last = done.out.splitlines()[-1]
    assert last.startswith(
        "Run alike against 10 runs: no different, as far as it can be seen: p50 of"
    )
    assert "left out: more-users: alike had 5 users for 20 s, more-users 9 users" in done.out
    told = json.loads(compare("main", "alike", "--json").out)
    assert not [row for row in told["rows"] if row["answer"] in ("worse", "better")]


@pytest.mark.long_sample(3)
@pytest.mark.sample(4)
@pytest.mark.parametrize("run", ["slow", "failing", "one-slow", "fewer", "hangs"])
def test_one_that_is_worse_in_one_respect_is_worse(compare: Command, run: str) -> None:
    done = compare("main", run, "--json")
    assert done.code == ExitCode.LIMIT_BROKEN
    told = json.loads(done.out)
    worse = {(row["endpoint"], row["metric"]) for row in told["rows"] if row["answer"] == "worse"}
    expected: dict[str, set[tuple[str | None, str]]] = {
        "slow": {("POST /order", "p50"), ("GET /items", "p95"), (None, "p95")},
        "failing": {(None, "failure_rate")},
        "one-slow": {("POST /order", "p50"), ("POST /order", "p95")},
        "fewer": {(None, "requests_per_second")},
        # Its users wait for an answer until they are stopped: no request of theirs ends.
        "hangs": {(None, "requests_per_second")},
    }
    assert expected[run] <= worse
    assert not {("GET /items", "p50"), ("GET /items", "p95")} & worse or run == "slow"


def test_two_runs_alone_tell_nothing_for_sure(compare: Command) -> None:
    done = compare("base-0", "slow")
    assert done.code == ExitCode.INCONCLUSIVE
    assert "it speaks of these two runs only" in done.out.splitlines()[-1]


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("more-users", "more-users had 9 users for 20 s, base-0 5 users for 20 s"),
        ("elsewhere", "elsewhere was made on 64 x Other, base-0 on 2 x Some Processor"),
    ],
)
def test_runs_that_differ_in_more_than_the_service_are_refused(
    compare: Command, run: str, why: str
) -> None:
    done = compare("base-0,base-1", run)
    assert done.code == ExitCode.INCONCLUSIVE
    assert why in done.err
    assert "Nothing was compared." in done.err
    done = compare("base-0,base-1", run, "--anyway")
    assert done.code == ExitCode.INCONCLUSIVE
    assert f"can't tell: {why}" in done.out.splitlines()[-1]


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize("base", ["spoiled", "spoiled,alike"])
def test_one_that_failed_since_it_was_kept_hides_nothing(compare: Command, base: str) -> None:
    """Nine such runs and a slow one lie so far apart that +50 % couldn't be told."""
    done = compare(base, "slow")
    assert done.code == ExitCode.LIMIT_BROKEN
    assert "left out: broken: its thresholds came to: failed" in done.out
    done = compare("anyway", "slow")
    assert done.code == ExitCode.INCONCLUSIVE
    assert "left out" not in done.out


@pytest.mark.long
def test_an_incomplete_run_is_no_measure_and_is_named(compare: Command, check: Command) -> None:
    alone = compare("lost", "alike")
    assert alone.code == ExitCode.INCONCLUSIVE
    assert "of lost, its data is incomplete by 1 of 2,401 requests" in alone.err
    left_out = "left out: lost: its data is incomplete by 1 of 2,401 requests"
    assert left_out in compare("main,lost", "alike").out
    words = ("alike", "--fail", "p95 <= +50% of baseline", "--baseline")
    assert left_out in check(*words, "main,lost").out
    only = check(*words, "lost")
    assert only.code == ExitCode.INCONCLUSIVE
    assert "lost has no run to hold this one against: lost: its data is incomplete" in only.out


@pytest.mark.long
def test_a_threshold_names_what_it_leaves_out(check: Command) -> None:
    words = ("slow", "--fail", "p95 <= +10% of baseline", "--baseline")
    done = check(*words, "spoiled")
    assert done.code == ExitCode.LIMIT_BROKEN
    assert "note  left out: broken: its thresholds came to: failed." in done.out
    assert "left out" not in check(*words, "anyway").out


@pytest.mark.long
def test_what_is_new_and_what_is_gone_is_named(compare: Command) -> None:
    told = json.loads(compare("main", "other-names", "--json").out)
    assert (told["appeared"], told["vanished"]) == (["GET /new"], ["POST /order"])


@pytest.mark.long
def test_a_comment_can_be_made_of_it(compare: Command, tmp_path: Path) -> None:
    path = tmp_path / "comment.md"
    assert compare("main", "slow", "--markdown", path).code == ExitCode.LIMIT_BROKEN
    text = path.read_text()
    assert text.startswith("❌ **Run slow against 10 runs: worse: p50 of all endpoints")
    assert text.count("| ❌ |") >= 4


@pytest.mark.long
def test_a_disk_that_is_full_hides_no_answer(compare: Command, full: Path) -> None:
    done = compare("main", "slow", "--markdown", full)
    assert done.code == ExitCode.LIMIT_BROKEN
    assert f"{full} can't be written (No space left on device). The answer is known" in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("main", "nobody"), ExitCode.NO_DATA, "no run nobody, and no baseline"),
        (("nobody", "alike"), ExitCode.NO_DATA, "no run nobody, and no baseline"),
        (("alike", "alike"), ExitCode.WRONG_USAGE, "are the same runs"),
        (("main", "alike", "--margin", "x"), ExitCode.WRONG_USAGE, "--margin is 'x'"),
        (("main", "alike", "--margin", "0%"), ExitCode.WRONG_USAGE, "--margin is '0%'"),
        (("main", "alike", "--must-see", "150%"), ExitCode.WRONG_USAGE, "--must-see is"),
        (("main", "alike", "--warm-up", "x"), ExitCode.WRONG_USAGE, "--warm-up is 'x'"),
        (("main", "alike", "--markdown", "no/x"), ExitCode.WRONG_USAGE, "there is no folder no"),
    ],
)
def test_what_can_t_be_used_is_an_error(
    compare: Command, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    done = compare(*words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


@pytest.mark.long
def test_a_warm_up_is_left_out(compare: Command) -> None:
    told = json.loads(compare("main", "alike", "--warm-up", "10s", "--json").out)
    whole = json.loads(compare("main", "alike", "--json").out)
    assert told["rows"][0]["new"] != whole["rows"][0]["new"]


@pytest.fixture
def check(command: Command, folder: Path) -> Command:
    """Return `swarmscope check` about that store."""

    def run(*words: str | Path, **env: str) -> Done:
        return command("check", *words, "--wait", "0", "--data", folder, **env)

    return run


@pytest.mark.long
def test_what_is_too_short_for_an_endpoint_s_windows_is_no_endpoint_without_requests(
    check: Command,
) -> None:
    """Endpoints have their times by ten seconds, and of twenty a warm-up leaves five."""
    sentences = ("p50 of each endpoint < 9s", 'p50 of "/items" < 9s')
    done = check("alike", "--warm-up", "15s", *(w for one in sentences for w in ("--fail", one)))
    assert done.code == ExitCode.INCONCLUSIVE
    told = [line.split("  ")[-1].strip() for line in done.out.splitlines() if line[0] == "?"]
    assert [one.split(":")[0] for one in told] == [
        "p50 takes 5 requests, and there never were so many"
    ] * 3
    done = check("alike", "--warm-up", "15s", "--fail", 'p50 of "/nowhere" < 9s')
    assert "no request was made to such an endpoint" in done.out


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    ("run", "words", "code", "said"),
    [
        ("alike", ("p95 <= +10% of baseline",), ExitCode.FINE, "1 threshold kept"),
        (
            "slow",
            ("p95 <= +10% of baseline",),
            ExitCode.LIMIT_BROKEN,
            "against main, prediction interval",
        ),
        (
            "one-slow",
            ("p50 of each endpoint <= +10% of baseline",),
            ExitCode.LIMIT_BROKEN,
            "(POST /order) is broken",
        ),
        (
            "failing",
            ("failure_rate <= +0% of baseline",),
            ExitCode.LIMIT_BROKEN,
            "is broken: 4.6 %, against main",
        ),
        (
            "elsewhere",
            ("p95 <= +10% of baseline",),
            ExitCode.INCONCLUSIVE,
            "no run to hold this",
        ),
    ],
)
def test_thresholds_may_be_relative_to_a_baseline(
    check: Command, run: str, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    done = check(run, *(one for word in words for one in ("--fail", word)), "--baseline", "main")
    assert done.code == code, done.out
    assert said in done.out.splitlines()[-1]


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), ExitCode.WRONG_USAGE, "none is named"),
        (("--baseline", "nobody"), ExitCode.INCONCLUSIVE, "no baseline of that name"),
        (("--baseline", "alike"), ExitCode.INCONCLUSIVE, "it has this one alone"),
        (("--baseline", "base-0"), ExitCode.INCONCLUSIVE, "9 more runs of the baseline"),
    ],
)
def test_without_a_baseline_nothing_passes(
    check: Command, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    done = check("alike", "--fail", "p95 <= +10% of baseline", *words)
    assert done.code == code
    assert said in done.out + done.err


@pytest.mark.parametrize(
    ("severity", "baseline", "said"),
    [
        ("fail", "base-0", True),
        ("fail", "nobody", True),
        ("warn", "base-0", False),
        ("fail", "main", False),
    ],
)
def test_how_a_baseline_begins_is_said_where_it_lets_no_run_pass(
    check: Command, severity: str, baseline: str, *, said: bool
) -> None:
    done = check("alike", f"--{severity}", "p95 <= +10% of baseline", "--baseline", baseline)
    assert ("until there are so many it belongs below warn:" in done.out) is said
