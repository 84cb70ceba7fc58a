"""`swarmscope duet`: what a duet that was played comes to, and what can't be played or judged."""

import json
import time
from pathlib import Path

import pytest
from tests.fixtures.commands import Command
from tests.fixtures.duets import MESSAGE, duet_lines

from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode

PLAYED = {
    "equal": {},
    "slower": {"slower": 1.2},
    "quicker": {"slower": 1 / 1.2},
    "failing": {"status_of_b": 500, "slower": 0.5},
    "refused": {"status_of_b": 404, "slower": 0.5},
    "refused-users": {"status_of_b": 404, "message": "every other user of a class asks B"},
    "incomplete": {"lost": 5},
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store with a duet of each kind."""
    folder = tmp_path_factory.mktemp("played")
    began = int(time.time()) // 5 * 5 - 600
    with Database(folder) as database:
        for run, how in PLAYED.items():
            database.write("loadtest", "\n".join(duet_lines(run, began, **how)))  # type: ignore[arg-type]
    return folder


@pytest.mark.long_sample(3)
@pytest.mark.sample(6)
@pytest.mark.parametrize(
    ("run", "code", "said"),
    [
        ("equal", ExitCode.FINE, "B is the same as A, shown to within 5 %."),
        ("slower", ExitCode.LIMIT_BROKEN, "B is worse than A: p50 of all together is 1.1"),
        ("quicker", ExitCode.FINE, "B is better than A: p50 of all together is 0."),
        ("failing", ExitCode.LIMIT_BROKEN, "B is worse than A: failure_rate of all together"),
        ("refused", ExitCode.INCONCLUSIVE, "nobody can tell whether B is worse than A: B refused"),
        ("incomplete", ExitCode.INCONCLUSIVE, "its data is incomplete"),
    ],
)
def test_each_answer_has_its_exit_code(
    command: Command, played: Path, run: str, code: ExitCode, said: str
) -> None:
    done = command("duet", run, "--wait", "0", "--data", played)
    assert (done.code, done.err) == (code, "")
    first, *_, last = done.out.splitlines()
    assert first == MESSAGE
    assert said in last


def test_what_b_refuses_to_its_own_users_is_its_own_fault(command: Command, played: Path) -> None:
    done = command("duet", "refused-users", "--wait", "0", "--data", played)
    assert done.code == ExitCode.LIMIT_BROKEN
    assert "B is worse than A: failure_rate of all together: 100 % where A has 0 %" in done.out


def test_json_and_markdown_say_the_same(command: Command, played: Path, tmp_path: Path) -> None:
    file = tmp_path / "duet.md"
    words = ("duet", "slower", "--wait", "0", "--data", played, "--json", "--markdown", file)
    told = json.loads(command(*words).out)
    assert (told["answer"], told["exit_code"]) == ("worse", 1)
    (p95,) = (
        one for one in told["compared"] if (one["endpoint"], one["metric"]) == ("/items", "p95")
    )
    assert p95["low"] < 1.2 < p95["high"]
    text = file.read_text()
    assert text.startswith("❌ **Run slower: B is worse than A: p50 of all together is 1.1")
    assert "| ❌ | GET /items | p95 |" in text


def test_a_disk_that_is_full_hides_no_answer(command: Command, played: Path, full: Path) -> None:
    done = command("duet", "slower", "--wait", "0", "--data", played, "--markdown", full)
    assert done.code == ExitCode.LIMIT_BROKEN
    assert f"{full} can't be written (No space left on device). The answer is known" in done.err


def test_a_wider_margin_and_a_warm_up_are_taken(command: Command, played: Path) -> None:
    words = ("duet", "slower", "--wait", "0", "--data", played)
    assert command(*words, "--margin", "50%").code == ExitCode.FINE
    late = command(*words, "--warm-up", "40s")
    assert late.code == ExitCode.INCONCLUSIVE
    assert "1 more" in late.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--a", "http://a"), "--a and --b are for a locustfile"),
        (("-f", "mine.py", "--a", "http://a"), "--b is missing."),
        (("-f", "mine.py", "--a", "a:8000", "--b", "http://b"), "perhaps http://a:8000?"),
        (("-f", "nowhere.py", "--a", "http://a", "--b", "http://b"), "no locustfile 'nowhere.py'"),
        (("-f", "mine.py", "--a", "http://a", "--b", "http://b", "--mode", "x"), "--mode is 'x'"),
        (
            ("-f", "mine.py", "--a", "http://a", "--b", "http://b", "--mode", "users", "-u", "1"),
            "One user can't alternate",
        ),
        (("equal", "-f", "mine.py"), "Is the run 'equal' to be judged, or"),
        (("equal", "--warm-up", "soon"), "--warm-up is 'soon'"),
        (("equal", "--margin", "little"), "--margin is 'little'"),
        (("equal", "--markdown", "nowhere/x.md"), "there is no folder nowhere"),
    ],
)
def test_what_can_t_be_used_is_an_error_and_starts_nothing(
    command: Command, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "mine.py").write_text("")
    done = command("duet", *words)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert said in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_store_that_is_away_is_told_before_anything_is_played(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text("")
    sides = ("--a", "http://127.0.0.1:9", "--b", "http://127.0.0.1:9")
    done = command("duet", "-f", "mine.py", *sides, "--url", "http://127.0.0.1:9")
    assert done.code == ExitCode.STORE_UNREACHABLE
    assert "Locust's log" not in done.out


def test_a_run_that_is_no_duet_is_no_data(command: Command, small_store: Path) -> None:
    done = command("duet", "complete", "--wait", "0", "--data", small_store)
    assert (done.code, done.out) == (ExitCode.NO_DATA, "")
    assert "Run complete is no duet" in done.err
