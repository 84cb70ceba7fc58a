"""Each exit code of each command: the one table of them, and where it is brought about."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.fixtures.commands import Command
from tests.generated_exit_codes import MEANINGS, said_by

from swarmscope.cli import COMMANDS
from swarmscope.demo.lifecycle import Demo
from swarmscope.errors import ExitCode
from swarmscope.signals import Signals
from swarmscope.store.file_reader import FileReader

TESTS = Path(__file__).parents[2]
FINE, BROKEN, WRONG, NO_DATA, AWAY, UNSURE, OWN_FAULT, INTERRUPTED = ExitCode

NOBODY = ("--url", "http://127.0.0.1:9")
AT_ONCE = ("--wait", "0")
HERE = {
    ("annotate", WRONG): ("annotate", " "),
    ("annotate", AWAY): ("annotate", "x", *NOBODY),
    ("audit", FINE): ("audit", "complete", *AT_ONCE, "--data", "{small}"),
    ("audit", WRONG): ("audit", *NOBODY, "--data", "{small}"),
    ("audit", NO_DATA): ("audit", "silent", *AT_ONCE, "--data", "{small}"),
    ("audit", AWAY): ("audit", *NOBODY),
    ("audit", UNSURE): ("audit", "lost", *AT_ONCE, "--data", "{small}"),
    ("baseline", FINE): ("baseline", "list", "--data", "{small}"),
    ("baseline", WRONG): ("baseline", "add", "complete", "--name", "a,b", "--data", "{small}"),
    ("baseline", NO_DATA): ("baseline", "remove", "nobody", "--data", "{small}"),
    ("baseline", AWAY): ("baseline", "list", *NOBODY),
    ("buckets", WRONG): ("buckets", "create", "--retention", "soon"),
    ("buckets", AWAY): ("buckets", "create", *NOBODY),
    ("check", FINE): ("check", "complete", *AT_ONCE, "--fail", "requests > 1", "--data", "{small}"),
    ("check", BROKEN): ("check", "complete", "--fail", "requests < 1", "--data", "{small}"),
    ("check", WRONG): ("check", "complete", "--data", "{small}"),
    ("check", NO_DATA): ("check", "nobody", "--fail", "requests > 1", "--data", "{small}"),
    ("check", AWAY): ("check", "--fail", "requests > 1", *NOBODY),
    ("check", UNSURE): ("check", "lost", "--fail", "requests > 1", *AT_ONCE, "--data", "{small}"),
    ("collect", FINE): ("collect", "--make-keys", "keys"),
    ("collect", WRONG): ("collect", "--bind", "nowhere"),
    ("compare", WRONG): ("compare", "complete", "complete", "--data", "{small}"),
    ("compare", NO_DATA): ("compare", "complete", "nobody", "--data", "{small}"),
    ("compare", AWAY): ("compare", "a", "b", *NOBODY),
    ("delete", WRONG): ("delete", "complete", "--data", "{small}"),
    ("delete", NO_DATA): ("delete", "nobody", "--yes", "--data", "{small}"),
    ("delete", AWAY): ("delete", "complete", "--yes", *NOBODY),
    ("demo", WRONG): ("demo", "--duration", "1"),
    ("duet", WRONG): ("duet", "--a", "http://a"),
    ("duet", NO_DATA): ("duet", "complete", *AT_ONCE, "--data", "{small}"),
    ("duet", AWAY): ("duet", *NOBODY),
    ("export", FINE): ("export", "complete", "--data", "{small}"),
    ("export", WRONG): ("export", "complete", "--format", "xls"),
    ("export", NO_DATA): ("export", "nobody", "--data", "{small}"),
    ("export", AWAY): ("export", "complete", *NOBODY),
    ("init", FINE): ("init", "mine"),
    ("init", WRONG): ("init", "mine", "--host", "https//x"),
    ("report", FINE): ("report", "complete", "--data", "{small}"),
    ("report", WRONG): ("report", "complete", "--apdex-t", "soon"),
    ("report", NO_DATA): ("report", "nobody", "--data", "{small}"),
    ("report", AWAY): ("report", "complete", *NOBODY),
    ("runs", FINE): ("runs", "--data", "{small}"),
    ("runs", WRONG): ("runs", "--limit", "0"),
    ("runs", NO_DATA): ("runs", "--from", "1h", "--data", "{small}"),
    ("runs", AWAY): ("runs", *NOBODY),
    ("serve", WRONG): ("serve", "--port", "70000"),
    ("summarise", WRONG): ("summarise", "complete", *NOBODY, "--data", "{small}"),
    ("summarise", NO_DATA): ("summarise", "nobody", "--data", "{small}"),
    ("summarise", AWAY): ("summarise", "complete", *NOBODY),
    ("trend", WRONG): ("trend", "--limit", "1"),
    ("trend", NO_DATA): ("trend", "nothing", "--data", "{small}"),
    ("trend", AWAY): ("trend", *NOBODY),
}
"""What is typed in an empty folder; `{small}` is a store of runs that ended in every way."""

ELSEWHERE = {
    ("annotate", FINE): "unit/cli/test_annotate.py::"
    "test_the_same_again_is_the_same_point_where_its_time_is_given",
    ("baseline", UNSURE): "unit/cli/test_baseline.py::"
    "test_what_others_would_pass_beside_too_easily_is_refused",
    ("buckets", FINE): "unit/cli/test_buckets.py::"
    "test_the_embedded_store_has_the_buckets_of_its_own_settings",
    ("compare", FINE): "unit/cli/test_compare.py::test_a_run_like_the_others_is_no_worse",
    ("compare", BROKEN): "unit/cli/test_compare.py::test_one_that_is_worse_in_one_respect_is_worse",
    ("compare", UNSURE): "unit/cli/test_compare.py::test_two_runs_alone_tell_nothing_for_sure",
    ("dashboards", FINE): "unit/cli/test_dashboards.py::"
    "test_each_step_is_told_and_the_second_time_nothing_changes",
    ("dashboards", BROKEN): "unit/cli/test_exit_codes.py::"
    "test_generated_boards_that_are_old_are_a_broken_limit",
    ("dashboards", WRONG): "unit/cli/test_dashboards.py::test_an_address_that_is_none_is_refused",
    ("dashboards", AWAY): "unit/cli/test_dashboards.py::"
    "test_a_grafana_that_is_away_is_its_own_exit_code",
    ("delete", FINE): "unit/cli/test_delete.py::test_it_says_what_is_there_and_what_was_freed",
    ("demo", FINE): "integration/test_demo.py::"
    "test_a_demo_says_what_the_store_has_and_uses_other_ports_when_its_own_are_taken",
    ("demo", NO_DATA): "unit/cli/test_exit_codes.py::test_a_demo_ends_as_its_audit_does",
    ("demo", UNSURE): "integration/test_demo.py::"
    "test_a_child_that_crashes_ends_the_demo_with_an_error_and_its_last_lines",
    ("demo", INTERRUPTED): "integration/test_demo.py::"
    "test_ctrl_c_twice_is_none_of_the_codes_of_a_run",
    ("doctor", FINE): "unit/cli/test_doctor.py::test_what_works_is_told_and_no_secret_is",
    ("doctor", WRONG): "unit/cli/test_doctor.py::"
    "test_a_setting_that_can_not_be_used_is_a_finding_among_others",
    ("doctor", AWAY): "integration/test_doctor.py::test_absent_store_is_its_own_exit_code",
    **dict.fromkeys(
        (("duet", FINE), ("duet", BROKEN), ("duet", UNSURE)),
        "unit/cli/test_duet.py::test_each_answer_has_its_exit_code",
    ),
    ("export", INTERRUPTED): "unit/cli/test_exit_codes.py::"
    "test_ctrl_c_is_none_of_the_codes_of_a_run",
    ("run", FINE): "integration/test_run.py::test_a_run_ends_with_files_a_summary_and_the_audit",
    ("run", BROKEN): "integration/test_run.py::test_failed_requests_are_told_by_the_exit_code",
    ("run", WRONG): "unit/cli/test_run.py::test_wrong_usage_starts_nothing",
    ("run", NO_DATA): "integration/test_run.py::"
    "test_a_run_without_a_request_is_told_by_the_exit_code",
    ("run", AWAY): "unit/cli/test_run.py::test_who_is_away_is_named",
    ("run", UNSURE): "integration/test_run.py::test_incomplete_data_is_told_by_the_exit_code",
    ("run", INTERRUPTED): "integration/test_run.py::"
    "test_a_signal_before_the_workers_are_there_starts_nothing",
    ("serve", FINE): "integration/test_serve.py::"
    "test_a_signal_ends_it_in_order_with_everything_in_one_file",
    ("serve", AWAY): "unit/cli/test_serve.py::test_a_folder_that_can_not_be_made_is_said",
    ("summarise", FINE): "unit/cli/test_summarise.py::"
    "test_a_file_is_summarised_in_both_buckets_and_the_next_time_as_before",
    **{
        ("trend", code): "unit/cli/test_trend.py::test_each_history_ends_with_its_sentence"
        for code in (FINE, BROKEN, UNSURE)
    },
}
"""What takes a server or more of a story, and the test that tells it."""


def test_each_code_that_a_command_says_it_ends_with_is_brought_about() -> None:
    said = {(name, code) for name in COMMANDS for code in said_by(name)}
    assert said == HERE.keys() | ELSEWHERE.keys()
    assert MEANINGS.keys() == set(ExitCode)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_it_ends_with(name: str) -> None:
    assert said_by(name).keys() >= {FINE, WRONG}


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_a_test_that_is_pointed_to_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    ("code", "words"),
    [pytest.param(key[1], words, id="-".join(map(str, key))) for key, words in HERE.items()],
)
def test_what_is_typed_ends_with_it(
    command: Command, small_store: Path, code: ExitCode, words: tuple[str, ...]
) -> None:
    done = command(*(word.replace("{small}", str(small_store)) for word in words))
    assert done.code == code, done.out + done.err


def raising(error: type[BaseException]) -> object:
    def broken(*_: object, **__: object) -> None:
        raise error

    return broken


def test_ctrl_c_is_none_of_the_codes_of_a_run(
    command: Command, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swarmscope.cli.export.write_files", raising(KeyboardInterrupt))
    done = command("export", "complete", "--data", small_store)
    assert (done.code, done.err) == (INTERRUPTED, "\nEnded, as asked.\n")


def test_an_error_of_our_own_is_no_broken_limit(
    command: Command, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swarmscope.cli.export.write_files", raising(ZeroDivisionError))
    done = command("export", "complete", "--data", small_store)
    assert done.code == OWN_FAULT
    assert done.err.startswith("Traceback (most recent call last)")
    assert done.err.endswith(
        "ZeroDivisionError\n\nswarmscope: This is an error of swarmscope's own.\n"
    )


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("run", "code"), [("complete", FINE), ("silent", NO_DATA), ("lost", UNSURE)]
)
def test_a_demo_ends_as_its_audit_does(
    small_store: Path, tmp_path: Path, run: str, code: ExitCode
) -> None:
    demo = Demo.__new__(Demo)
    with FileReader(small_store) as reader:
        demo.__dict__ |= {"run_id": run, "_data": tmp_path, "_reader": reader, "_say": str}
        demo.__dict__ |= {"_options": SimpleNamespace(data=tmp_path), "_signals": Signals()}
        assert demo.finish() == code


def test_generated_boards_that_are_old_are_a_broken_limit(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swarmscope.cli.dashboards._ROOT", tmp_path)
    (tmp_path / "dashboards").mkdir()
    generator = tmp_path / "dashboards" / "__main__.py"
    generator.write_text("import sys\nsys.exit('--check' in sys.argv)\n")
    assert command("dashboards", "check").code == BROKEN
    assert command("dashboards", "build").code == FINE
