"""Under which conditions a run is made, as its start tells."""

import hashlib
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import swarmscope
from swarmscope.agent.conditions import conditions, hash_of, imported, machine
from swarmscope.settings import Settings

LISTENER = Path(swarmscope.__file__).with_name("listener.py")
"""Not imported: in this process it would hear what other tests fire."""


def told(locustfile: str, environ: dict[str, str] | None = None) -> dict[str, Any]:
    environment: Any = SimpleNamespace(
        parsed_options=SimpleNamespace(locustfile=locustfile),
        parsed_locustfiles=[],
        locustfile=None,
    )
    return conditions(environment, Settings.from_env(environ or {}))


def test_a_run_tells_of_its_files_and_its_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SWARMSCOPE_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "mine.py"
    file.write_text("1")
    found = told(f"{file},{LISTENER}", {"SWARMSCOPE_ENVIRONMENT": "staging"})
    digest = hashlib.sha256(hashlib.sha256(b"1").digest()).hexdigest()[:16]
    assert found == {
        "environment": "staging",
        "machine": machine(),
        "locustfile": "mine.py",
        "locustfile_hash": digest,
    }
    monkeypatch.setenv("CI_COMMIT_SHA", "cafe")
    assert told(str(file))["commit"] == "cafe"
    monkeypatch.setenv("SWARMSCOPE_COMMIT", "beef")
    assert told(str(file))["commit"] == "beef"


def test_the_listener_is_none_of_the_files(tmp_path: Path) -> None:
    """It changes with swarmscope, and the test stays the same."""
    file = tmp_path / "mine.py"
    file.write_text("1")
    assert told(f"{file},{LISTENER}") == told(str(file))


def test_a_hash_is_of_what_is_in_them_and_of_nothing_else(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("1")
    other.write_text("1")
    assert hash_of([str(one)]) == hash_of([str(other)])
    other.write_text("2")
    assert hash_of([str(one)]) != hash_of([str(other)])
    assert hash_of([str(one), str(other)]) == hash_of([str(tmp_path)])
    (tmp_path / "notes.txt").write_text("3")
    assert hash_of([str(one), str(other)]) == hash_of([str(tmp_path)])


@pytest.mark.parametrize("files", [[], ["nowhere.py"]])
def test_of_files_that_are_not_there_there_is_none(files: list[str]) -> None:
    assert hash_of(files) == ""


def test_modules_beside_a_locustfile_that_it_imports_are_the_test_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper that asks another page was the same test."""
    package, installed = tmp_path / "pages_of_test", tmp_path / "venv" / "site-packages"
    for folder in (package, installed):
        folder.mkdir(parents=True)
    (package / "__init__.py").write_text("from pages_of_test import items, odd\n")
    for name in ("items", "odd", "never"):
        (package / f"{name}.py").write_text("PAGE = 1\n")
    (installed / "library_of_test.py").write_text("")
    mine = tmp_path / "mine_of_test.py"
    mine.write_text("import library_of_test, pages_of_test\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(installed)
    before = set(sys.modules)
    try:
        import_module(mine.stem)  # as Locust does
        with monkeypatch.context() as few:
            few.setattr("swarmscope.agent.conditions._MOST_MODULES", 2)
            assert len(imported((str(mine),))) == 2
        imported.cache_clear()
        found = imported((str(mine),))
    finally:
        for name in set(sys.modules) - before:
            del sys.modules[name]
    assert found == tuple(str(package / f"{n}.py") for n in ("__init__", "items", "odd"))
    # Of files below a folder that was given all are in it, whoever imports them.
    assert imported((str(tmp_path),)) == ()

    def now() -> str:
        return str(told(str(mine))["locustfile_hash"])

    first = now()
    (package / "never.py").write_text("PAGE = 2\n")
    assert now() == first
    (package / "items.py").write_text("PAGE = 2\n")
    assert now() != first


def test_what_runs_the_test_is_no_part_of_it() -> None:
    """In a clone it lies below a locustfile at its root."""
    assert imported((str(Path(swarmscope.__file__).parents[1] / "requirements.txt"),)) == ()


def test_of_a_file_that_is_gone_its_name_is_told() -> None:
    assert told("/nowhere/mine.py").keys() >= {"locustfile", "machine"}
    assert "locustfile_hash" not in told("/nowhere/mine.py")


def test_the_machine_is_its_processors() -> None:
    count, _, model = machine().partition(" x ")
    assert int(count) >= 1
    assert model
