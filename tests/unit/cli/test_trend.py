"""`swarmscope trend`: where a test's level changed, for people, builds and programs."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.commands import Command, Done
from tests.fixtures.histories import T0, Summarised, history, lines

from swarmscope import schema
from swarmscope.embedded.database import BUCKETS, Database
from swarmscope.errors import ExitCode

STEP = 40
CHANGED = history(
    "step", slower={STEP: 1.2}, spikes={10: 2.0}, like=Summarised("", verdict="failed")
)
DAY = 86_400
NEWER = T0 + 60 * DAY


LEFT_OUT: dict[str, dict[str, Any]] = {
    "saturated": {"generators": "saturated"},
    "clock": {"doubts": "a worker's clock was up to 212 ms off"},
    "broken-off": {"said": "complete (interrupted)"},
    "lost": {"said": "incomplete by 4"},
    "on": {"said": "running", "final": False},
    "silent": {"requests": 0, "said": "no data to judge"},
    "unheard": {"said": ""},
    "edited": {"said": "incomplete by 4", "made": {"locustfile_hash": "77"}},
    "elsewhere": {"said": "incomplete by 4", "made": {"environment": "laptop"}},
}


def others() -> Iterator[Summarised]:
    """Yield runs that tell nothing of that history, each for a reason of its own."""
    one = Summarised("", NEWER, p95=900.0)
    yield replace(one, run="lost", said="incomplete by 4")
    yield replace(one, run="busy", generators="saturated")
    yield replace(one, run="killed", said="running", final=False)
    # Before the newest of those that are looked at.
    old = replace(one, began=T0 + DAY // 2)
    yield replace(old, run="users", users=99)
    yield replace(old, run="made-elsewhere", made={"environment": "laptop"})
    yield replace(old, run="other-file", made={"locustfile_hash": "77"})


def with_endpoints() -> Iterator[Summarised]:
    """Yield a test of which endpoints come and go."""
    for i, one in enumerate(history("paths", 30, like=Summarised("", test="paths"))):
        there = {"GET /items": True, "GET /gone": i < 27, "GET /new": i >= 26, "GET /rare": i == 4}
        yield replace(one, endpoints=tuple(name for name, is_there in there.items() if is_there))


def with_newest_left_out() -> Iterator[Summarised]:
    """Yield tests whose newest runs can't be judged, each for a reason of its own."""
    for name, spoiled in LEFT_OUT.items():
        runs = history(name, 20, like=Summarised("", test=name, begun=True))
        yield from runs[:-2]
        yield from (replace(one, **spoiled) for one in runs[-2:])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of which the seconds are gone, but for the newest runs'."""
    place = tmp_path_factory.mktemp("store")
    tests = [
        *history("even", like=Summarised("", test="even")),
        *history("mended", slower={20: 1.3, 45: 1 / 1.3}, like=Summarised("", test="mended")),
        *history("few", 7, like=Summarised("", test="few")),
        *history("young", 30, spikes={29: 1.6}, like=Summarised("", test="young")),
    ]
    half = history("halfback", 44, slower={20: 2, 32: 0.9}, like=Summarised("", test="halfback"))
    tests += half
    fewer_fail = history("failback", 44, like=Summarised("", test="failback"))
    tests += [
        replace(one, failures=0 if i < 20 else 1_200 if i < 32 else 900)
        for i, one in enumerate(fewer_fail)
    ]
    items = history("items", 30, like=Summarised("", test="items", items=100.0))
    tests += [replace(one, items=(100.0 if i < 20 else 130.0)) for i, one in enumerate(items)]
    failing = history("failing", 30, like=Summarised("", test="failing"))
    tests += [replace(one, failures=0 if i < 20 else 120 + i) for i, one in enumerate(failing)]
    fewer = history("fewer", 30, like=Summarised("", test="fewer"))
    tests += [replace(one, requests=6_000 if i < 20 else 4_000) for i, one in enumerate(fewer)]
    hangs = history("hangs", 30, like=Summarised("", test="hangs"))
    tests += [
        replace(one, requests=2_000, answered=100) if i >= 20 else one
        for i, one in enumerate(hangs)
    ]
    small = history("small", 30, like=Summarised("", test="small", requests=40))
    tests += [replace(one, requests=40 if i % 10 else 100) for i, one in enumerate(small)]
    briefer = history("briefer", 30, like=Summarised("", test="briefer"))
    tests += [replace(one, requests=6_000 if i < 29 else 40) for i, one in enumerate(briefer)]
    tests += with_endpoints()
    off = history("off", 30, like=Summarised("", test="off"))
    tests += [replace(one, doubts=f"of 100 users {i} ran") for i, one in enumerate(off)]
    started = history("started", 30, like=Summarised("", test="started"))
    tests += [replace(one, p95=0.0 if i < 15 else one.p95) for i, one in enumerate(started)]
    # What both buckets have, the newer one tells.
    outdated = [replace(one, p95=5 * one.p95) for one in CHANGED[45:50]]
    with Database(place, BUCKETS) as database:
        for bucket, runs in (
            (schema.BUCKET_LONG, [*CHANGED[:45], *outdated, *tests]),
            (schema.BUCKET, [*CHANGED[45:], *others(), *with_newest_left_out()]),
        ):
            written = database.write(bucket, "\n".join(lines(runs)))
            assert written.dropped == 0
    return place


@pytest.fixture
def trend(command: Command, folder: Path) -> Command:
    """Return the command about that store."""

    def run(*words: str | Path, **env: str) -> Done:
        return command("trend", *words, "--data", folder, **env)

    return run


def told(trend: Command, *words: str) -> dict[str, Any]:
    done = trend(*words, "--json")
    found: dict[str, Any] = json.loads(done.out)
    assert found["exit_code"] == done.code
    return found


def row(found: dict[str, Any], metric: str, endpoint: str | None = None) -> dict[str, Any]:
    (only,) = (r for r in found["rows"] if (r["metric"], r["endpoint"]) == (metric, endpoint))
    return only  # type: ignore[no-any-return]


def test_a_step_is_worse_with_its_first_commit_and_its_size(trend: Command) -> None:
    found = told(trend, "shop")
    assert (found["exit_code"], found["runs"]) == (ExitCode.LIMIT_BROKEN, 60)
    (change,) = row(found, "p95")["changes"]
    assert (change["run"], change["commit"]) == (CHANGED[STEP].run, CHANGED[STEP].commit)
    assert (change["run_before"], change["commit_before"]) == (
        CHANGED[STEP - 1].run,
        CHANGED[STEP - 1].commit,
    )
    assert change["after"] / change["before"] == pytest.approx(1.2, rel=0.03)
    assert (change["lasted_runs"], change["worse"]) == (20, True)
    assert (
        row(found, "failure_rate")["changes"] == row(found, "requests_per_second")["changes"] == []
    )


@pytest.mark.long
def test_it_is_told_for_people(trend: Command) -> None:
    done = trend("shop")
    assert done.code == ExitCode.LIMIT_BROKEN
    first, last = done.out.splitlines()[1], done.out.splitlines()[-1]
    assert first.startswith("worse")
    assert CHANGED[STEP].commit in first
    assert last.startswith("shop, 60 runs: worse: p50 of all endpoints 1")
    assert last.endswith("(and 1 further one).")
    assert f"since run {CHANGED[STEP].run} (commit 0000014, after 0000013), 2026-07-" in last


@pytest.mark.release
@pytest.mark.long
def test_what_is_no_sample_is_left_out_and_counted_and_what_was_made_otherwise_too(
    trend: Command,
) -> None:
    found = told(trend, "shop")
    assert found["left_out"] == [
        "1 run: its generators were saturated (busy)",
        "1 run: running (killed)",
        "1 run: incomplete by 4 (lost)",
    ]
    assert found["made_otherwise"] == [
        f"1 run: {CHANGED[-1].run} had 20 users for 300 s, users 99 users for 300 s",
        "1 run: shop.py, or what it imports from beside it, isn't what it was when other-file was "
        "made",
        f"1 run: {CHANGED[-1].run} was made in ci, made-elsewhere in laptop",
    ]
    across = told(trend, "shop", "--any-locustfile")
    assert (across["runs"], len(across["made_otherwise"])) == (61, 2)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("test", "code", "sentence"),
    [
        ("even", ExitCode.FINE, "even, 60 runs: no change; one that lasts 10 runs would be seen"),
        ("mended", ExitCode.FINE, "mended, 60 runs: better: p"),
        ("few", ExitCode.INCONCLUSIVE, "few, 7 runs: can't tell: 3 more runs needed."),
        ("young", ExitCode.FINE, "young, 30 runs: no change; one that"),
        # Of p95 nothing was looked at: a regression may be there.
        (
            "small",
            ExitCode.INCONCLUSIVE,
            "small, 30 runs: can't tell: p95 of all endpoints is known of 3, and takes 10: let "
            "runs last longer, it takes 59 requests of each.",
        ),
        ("started", ExitCode.LIMIT_BROKEN, "started, 30 runs: worse: p50 of all endpoints 0"),
        ("failing", ExitCode.LIMIT_BROKEN, "failing, 30 runs: worse: failure_rate of all"),
    ],
)
def test_each_history_ends_with_its_sentence(
    trend: Command, test: str, code: ExitCode, sentence: str
) -> None:
    done = trend(test)
    assert done.code == code
    assert done.out.splitlines()[-1].startswith(sentence)


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("/items", ExitCode.FINE, "paths, 30 runs: no change"),
        (
            "GET /gone",
            ExitCode.INCONCLUSIVE,
            "paths, 30 runs: can't tell: GET /gone has no request in the newest 3 runs, since run "
            "paths-027, 2026-06-24 20:26 UTC.",
        ),
        (
            "/new",
            ExitCode.INCONCLUSIVE,
            "paths, 30 runs: can't tell: failure_rate of GET /new is known of 4, and takes 10 (and "
            "2 further ones).",
        ),
        (
            "/rare",
            ExitCode.INCONCLUSIVE,
            "paths, 30 runs: can't tell: GET /rare has no request in the newest 25 runs, since run",
        ),
    ],
)
def test_of_an_endpoint_that_was_named_nobody_says_that_it_is_as_it_was_unless_that_is_known(
    trend: Command, name: str, code: ExitCode, said: str
) -> None:
    done = trend("paths", "--endpoint", name)
    assert done.code == code
    assert done.out.splitlines()[-1].startswith(said)


def test_of_each_endpoint_one_that_runs_had_again_and_again_and_have_no_more_is_named(
    trend: Command, tmp_path: Path
) -> None:
    path = tmp_path / "comment.md"
    done = trend("paths", "--each", "--markdown", path)
    assert done.code == ExitCode.INCONCLUSIVE
    assert "can't tell: GET /gone has no request in the newest 3 runs" in done.out
    (line,) = {line[:10] for line in done.out.splitlines() if "not since paths-027" in line}
    assert line == "can't tell"
    # What is seldom there, or new, is no reason.
    assert "- GET /gone has no request" in path.read_text()
    assert "/rare" not in path.read_text()


def test_newest_runs_of_too_few_requests_are_not_as_those_before(trend: Command) -> None:
    done = trend("briefer")
    assert done.code == ExitCode.INCONCLUSIVE
    assert done.out.splitlines()[-1].startswith(
        "briefer, 30 runs: can't tell: p95 of all endpoints isn't known of the newest run, since "
        "run briefer-029, "
    )


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("saturated", "its generators were saturated"),
        ("clock", "a worker's clock was up to 212 ms off"),
        ("broken-off", "complete (interrupted)"),
        ("lost", "incomplete by 4"),
        ("on", "running"),
        ("silent", "no data to judge"),
        ("unheard", "not audited"),
    ],
)
def test_of_newest_runs_that_can_t_be_judged_nobody_says_that_nothing_changed(
    trend: Command, test: str, why: str
) -> None:
    found = told(trend, test)
    assert (found["exit_code"], found["runs"]) == (ExitCode.INCONCLUSIVE, 18)
    assert found["newest_left_out"] == [f"{test}-018", f"{test}-019"]
    assert found["sentence"] == (
        f"{test}, 18 runs: can't tell: the newest 2 runs of it can't be judged: 2 runs: {why} "
        f"({test}-018, {test}-019)."
    )


def test_of_newest_runs_with_another_locustfile_nobody_says_so_either(trend: Command) -> None:
    """Who edited the locustfile and broke the test had a green gate."""
    found = told(trend, "edited")
    assert (found["exit_code"], found["runs"]) == (ExitCode.INCONCLUSIVE, 18)
    assert found["newest_left_out"] == ["edited-018", "edited-019"]


@pytest.mark.parametrize(
    ("test", "metric", "said"),
    [
        ("halfback", "p95", "p50 of all endpoints 99."),
        ("failback", "failure_rate", "failure_rate of all endpoints 0 % → 20 %, +20 points"),
    ],
)
def test_a_part_of_the_way_back_is_no_mending(
    trend: Command, test: str, metric: str, said: str
) -> None:
    found = told(trend, test)
    assert found["exit_code"] == ExitCode.LIMIT_BROKEN
    worse, better = row(found, metric)["changes"]
    assert (worse["run"], worse["stands"]) == (f"{test}-020", True)
    assert (better["run"], better["worse"]) == (f"{test}-032", False)
    assert row(found, metric)["worse_now"] is True
    assert found["sentence"].startswith(f"{test}, 44 runs: worse: {said}")
    assert f", since run {test}-020 (commit 000000a, after 0000009), " in found["sentence"]
    assert ", now 1" in found["sentence"]


def test_of_many_runs_that_are_left_out_the_newest_are_listed(trend: Command) -> None:
    listed = [line for line in trend("off").out.splitlines() if "left out: " in line]
    assert len(listed) == 21
    assert listed[0] == "left out: 1 run: of 100 users 29 ran (off-029)"
    assert listed[-1] == "left out: and 10 more"
    assert len(told(trend, "off")["left_out"]) == 30


def test_runs_that_were_made_elsewhere_and_left_out_are_no_newest_ones(trend: Command) -> None:
    found = told(trend, "elsewhere")
    assert (found["exit_code"], found["newest_left_out"]) == (ExitCode.FINE, [])


def test_of_what_was_0_there_is_no_share(trend: Command) -> None:
    done = trend("started")
    assert ", from 0, since run started-015" in done.out.splitlines()[-1]
    assert "-100 %" not in done.out


def test_of_requests_a_second_fewer_are_worse(trend: Command) -> None:
    found = told(trend, "fewer")
    (change,) = row(found, "requests_per_second")["changes"]
    assert (change["run"], change["worse"]) == ("fewer-020", True)
    assert found["exit_code"] == ExitCode.LIMIT_BROKEN
    assert "requests_per_second of all endpoints 20/s → 13.33/s, -33 %" in found["sentence"]


def test_runs_that_answer_nothing_from_some_moment_on_have_fewer(trend: Command) -> None:
    """Until then they were as fast as the others, and nothing failed."""
    found = told(trend, "hangs")
    assert found["exit_code"] == ExitCode.LIMIT_BROKEN
    assert "requests_per_second of all endpoints 20/s → 6.667/s, -67 %" in found["sentence"]


def test_one_run_alone_is_no_change_and_is_named(trend: Command) -> None:
    done = trend("young")
    assert "p95 of all endpoints: the newest run alone lies outside" in done.out
    assert row(told(trend, "young"), "p95")["newest_alone"] is True


@pytest.mark.long
def test_endpoints_are_looked_at_when_asked_for(trend: Command) -> None:
    assert told(trend, "items")["exit_code"] == ExitCode.FINE
    for words in (("--each",), ("--endpoint", "/items"), ("--endpoint", "GET /items")):
        found = told(trend, "items", *words)
        assert found["exit_code"] == ExitCode.LIMIT_BROKEN
        (change,) = row(found, "p95", "GET /items")["changes"]
        assert change["run"] == "items-020"
    # A mistyped name must not let a build pass.
    assert trend("items", "--endpoint", "/itmes").code == ExitCode.NO_DATA


def test_the_newest_test_is_looked_at_where_none_is_named(trend: Command) -> None:
    assert told(trend)["test"] == "shop"
    assert told(trend, "--environment", "laptop")["runs"] == 1


def test_of_the_newest_runs_alone_an_old_change_is_none(trend: Command) -> None:
    assert told(trend, "fewer")["exit_code"] == ExitCode.LIMIT_BROKEN
    assert told(trend, "fewer", "--limit", "10")["exit_code"] == ExitCode.FINE


def test_a_comment_can_be_made_of_it(trend: Command, tmp_path: Path) -> None:
    path = tmp_path / "comment.md"
    assert trend("shop", "--markdown", path).code == ExitCode.LIMIT_BROKEN
    text = path.read_text()
    assert text.startswith("❌ **shop, 60 runs: worse: p50 of all endpoints")
    assert text.count("| ❌ |") == 2
    assert "- left out: 1 run: its generators were saturated" in text
    assert trend("even", "--markdown", path).code == 0
    assert path.read_text().startswith("✅ **even, 60 runs: no change")


def test_a_disk_that_is_full_hides_no_answer(trend: Command, full: Path) -> None:
    done = trend("shop", "--markdown", full)
    assert done.code == ExitCode.LIMIT_BROKEN
    assert f"{full} can't be written (No space left on device). The answer is known" in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nothing",), ExitCode.NO_DATA, "no run of the test nothing"),
        (("shop", "--environment", "moon"), ExitCode.NO_DATA, "in moon"),
        (("shop", "--margin", "x"), ExitCode.WRONG_USAGE, "--margin is 'x'"),
        (("shop", "--limit", "3"), ExitCode.WRONG_USAGE, "--limit"),
        (("shop", "--markdown", "no/x"), ExitCode.WRONG_USAGE, "there is no folder no"),
    ],
)
def test_what_can_t_be_used_is_an_error(
    trend: Command, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    done = trend(*words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
