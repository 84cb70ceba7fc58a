"""Duets of real Locust processes: both sides are asked the same, recorded, and counted once."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.duets import MESSAGE, duet_lines
from tests.fixtures.locusts import LISTENER, ORACLE, SCENARIOS, Locusts
from tests.fixtures.server_process import swarmscope
from tests.fixtures.stores import Store
from tests.fixtures.two_versions import Version, two_versions

from swarmscope.duets.verdict import Wanted, judge_duet
from swarmscope.errors import ExitCode
from swarmscope.inference.comparison import Answer
from swarmscope.recording.sides import parted
from swarmscope.runs.audit import Verdict, audit_when_settled
from swarmscope.settings import Settings
from swarmscope.store.question import Question
from swarmscope.store.write import post

FILES = (SCENARIOS / "duet.py", ORACLE, LISTENER)
TIMES = ("--headless", "-u", "8", "-r", "8", "-t", "4", "-s", "5", "--only-summary")
BEGAN = int(time.time()) // 5 * 5 - 600
TOLD = (
    "Run slower: B is worse than A: p50 of all together is 1.195 (1.183 to 1.208) of A's "
    "(and 5 further reasons)."
)
"""What a reader of either store makes of the points of `tests/fixtures/duets.py`."""
MINE = """
from pathlib import Path
from locust import FastHttpUser, constant, task

PAGE = Path("page.txt").read_text()

class Visitor(FastHttpUser):
    wait_time = constant(0.05)

    @task
    def look(self):
        self.client.get(PAGE)
"""


@pytest.fixture
def sides() -> Iterator[tuple[Version, Version]]:
    with two_versions() as (a, b):
        for side in (a, b):
            side.answers["/gone"] = (404, {})
        yield a, b


def played(swarm: Locusts, a: Version, b: Version, elsewhere: Version, *options: str) -> str:
    """Let a master and two workers, who are told nothing, play a duet; return the master's log."""
    env = {"ELSEWHERE": elsewhere.url}
    told = ("--host", a.url, "--swarmscope-duet", b.url, *options)
    master = swarm.master(*TIMES, *told, "--expect-workers", "2", files=FILES, env=env)
    workers = [swarm.worker(files=FILES, env=env) for _ in range(2)]
    for process in (master, *workers):
        assert swarm.wait(process) in {0, 1}, swarm.log(process)
    return swarm.log(master)


def counted(store: Store, run: str) -> Counter[tuple[str, str]]:
    """Return how many requests are stored of each name and side."""
    rows = store.reader.ask(Question("endpoint_totals", run)).records()
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found[parted(row["name"])] += row["requests"]
    return found


@pytest.mark.parametrize("mode", ["requests", pytest.param("users", marks=pytest.mark.long)])
def test_both_sides_of_each_request_are_recorded_and_none_twice(
    swarm: Locusts, store: Store, run: str, sides: tuple[Version, Version], mode: str
) -> None:
    a, b = sides
    with two_versions() as (elsewhere, _):
        played(
            swarm, a, b, elsewhere, "--swarmscope-duet-mode", mode, "--swarmscope-duet-seed", "3"
        )
        found = counted(store, run)
        # Each request that a service got is stored once, and what neither was asked has no side.
        assert found["logo", ""] == len(elsewhere.asked) > 0
    for side, version in (("A", a), ("B", b)):
        asked = Counter(path.partition("?")[0] for path in version.paths)
        assert {path: found[path, side] for path in asked} == asked
    seen = swarm.witnessed()
    assert sum(found.values()) == sum(len(one.times) for one in seen.values())
    assert audit_when_settled(store.reader, run, 30).verdict is Verdict.COMPLETE
    assert sum(one.failures for one in seen.values()) == 0
    if mode == "requests":
        assert len(a.asked) == len(b.asked)
    else:
        assert 0.5 < len(a.asked) / len(b.asked) < 2
    rows = store.reader.ask(Question("run_events", run)).records()
    (said,) = (row["message"] for row in rows if row["event"] == "duet")
    assert a.url in said
    assert b.url in said
    assert "(seed 3)" in said


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_a_duet_comes_to_the_same_in_either_store(any_store: Store) -> None:
    lines = duet_lines("slower", BEGAN, slower=1.2)
    post(lines, Settings.from_env(any_store.env), what="the duet", data="")
    found = audit_when_settled(any_store.reader, "slower", 0)
    verdict = judge_duet(any_store.reader, found, Wanted())
    assert (verdict.answer, verdict.told, verdict.doubts) == (Answer.WORSE, MESSAGE, ())
    assert verdict.sentence() == TOLD
    before = any_store.reader.ask(Question("run_events", "slower"))
    for words, answer in (("--margin 50%", "same"), ("", "worse")):
        swarmscope("duet", "slower", "--wait", "0", *words.split(), env=any_store.env)
        kept = any_store.reader.ask(Question("kept_verdicts")).records()
        assert kept == [{"run": "slower", "verdict": f"duet: {answer}"}]
    after = any_store.reader.ask(Question("run_events", "slower"))
    assert (after.start, after.stop) == (before.start, before.stop), "it makes no run longer"


@pytest.mark.long
@pytest.mark.parametrize(
    ("alone", "slower", "answer"), [(1, 1.0, "can't tell"), (0, 1.0, "same"), (1, 1.2, "worse")]
)
def test_an_endpoint_that_a_alone_was_asked_is_not_passed_over_in_either_store(
    any_store: Store, alone: int, slower: float, answer: str
) -> None:
    run = f"alone-{alone}-{slower}"
    lines = duet_lines(run, BEGAN, slower=slower, alone=alone)
    post(lines, Settings.from_env(any_store.env), what="the duet", data="")
    done = swarmscope("duet", run, "--wait", "0", "--json", env=any_store.env)
    told = json.loads(done.stdout)
    assert (told["answer"], told["exit_code"]) == (answer, done.returncode)
    why = "A was asked GET /only 60 times and B 0 times: there is nothing to compare"
    assert told["uneven"] == ([why] if alone else [])
    assert (why in told["sentence"]) is (answer == "can't tell")


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command_plays_a_locustfile_and_says_that_b_is_slower(
    tmp_path: Path, sides: tuple[Version, Version], workers: str
) -> None:
    """With a store of its own, in the folder where it was called; the user's file reads another."""
    a, b = sides
    a.takes_s, b.takes_s = 0.02, 0.06
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "page.txt").write_text("/items")
    words = ("--a", a.url, "--b", b.url, "--users", "4", "--run-time", "30s", "--workers", workers)
    done = swarmscope("duet", "-f", "mine.py", *words, "--no-generators", "--json", cwd=tmp_path)
    assert done.returncode == ExitCode.LIMIT_BROKEN, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["answer"] == "worse"
    (p50,) = (
        one for one in told["compared"] if (one["endpoint"], one["metric"]) == ("/items", "p50")
    )
    assert p50["answer"] == "worse"
    assert p50["ratio"] > 1.5
    assert len(a.asked) == pytest.approx(len(b.asked), abs=4)
    assert "duet: worse" in swarmscope("runs", cwd=tmp_path).stdout
    again = swarmscope("duet", told["run"], "--no-generators", cwd=tmp_path)
    assert again.returncode == ExitCode.LIMIT_BROKEN
    assert told["sentence"] in again.stdout


@pytest.mark.long
def test_a_locustfile_that_is_broken_ends_with_its_error(
    tmp_path: Path, sides: tuple[Version, Version]
) -> None:
    (tmp_path / "mine.py").write_text("import nothing_of_that_name\n")
    words = ("--a", sides[0].url, "--b", sides[1].url, "--run-time", "5s")
    done = swarmscope("duet", "-f", "mine.py", *words, cwd=tmp_path)
    assert done.returncode == ExitCode.INCONCLUSIVE
    assert "nothing_of_that_name" in done.stderr
