"""Under which name runs are compared: that of the user's own locustfile."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from locust.env import Environment
from tests.fixtures.locusts import LISTENER

from swarmscope.agent.identity import Registry
from swarmscope.settings import Settings


def named(given: str | None, parsed: list[str] | None = None, **settings: str) -> str:
    """Return the test's name where Locust was given *given* and made *parsed* of it."""
    environment = Environment(locustfile=Path(parsed[0]).name if parsed else None)
    environment.parsed_locustfiles = parsed
    environment.parsed_options = SimpleNamespace(locustfile=given) if given else None  # type: ignore[assignment]
    return Registry(Settings(**settings), environment).test  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("mine.py", "mine"),
        (f"mine.py,{LISTENER}", "mine"),
        (f"{LISTENER},mine.py", "mine"),
        (f"{LISTENER}, load/other.py ,third.py", "other"),
        ("/abs/checkout.v2.py", "checkout.v2"),
        ("https://example.org/tests/remote.py?raw=1", "remote"),
        (f"{LISTENER},https://example.org/tests/my%20test.py", "my test"),
        ("somebody/elses/listener.py", "listener"),
        ("https://example.org/listener.py", "listener"),
        (str(LISTENER), "locust"),
        ("locustfile.py", "locustfile"),
    ],
)
def test_a_test_is_called_like_the_user_s_own_locustfile(given: str, name: str) -> None:
    assert named(given, [given.split(",", maxsplit=1)[0].strip()]) == name


def test_a_folder_of_locustfiles_gives_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "checkout.tests"
    folder.mkdir()
    (folder / "a.py").touch()
    parsed = [str(folder / "a.py")]
    assert named(f"{LISTENER},{folder}", [str(LISTENER), *parsed]) == "checkout.tests"
    assert named(f"{folder}/", parsed) == "checkout.tests"
    monkeypatch.chdir(folder)
    assert named(".", parsed) == "checkout.tests"


def test_a_worker_that_has_its_files_from_the_master_looks_at_those(tmp_path: Path) -> None:
    copy = shutil.copy(LISTENER, tmp_path / "listener.py")
    assert named("-", [copy, str(tmp_path / "mine.py")]) == "mine"


def test_a_program_without_a_locustfile_has_a_name_too() -> None:
    assert named(None) == "locust"


def test_the_setting_goes_first() -> None:
    assert named(f"{LISTENER},mine.py", test="nightly") == "nightly"


def test_two_masters_of_one_fixed_run_have_tags_of_their_own() -> None:
    environment = Environment()
    one, other = (Registry(Settings(run_id="r"), environment) for _ in range(2))
    assert one.own().worker != other.own().worker
    assert one.own().worker.startswith("master-")
    assert Registry(Settings(), environment).own().worker == "master"


def test_a_fixed_id_names_one_run_of_a_process_whatever_its_environments() -> None:
    one, other = (Registry(Settings(run_id="fixed"), Environment()) for _ in range(2))
    runs = [registry.next_run() for registry in (one, other, one)]
    assert runs == ["fixed", "fixed-2", "fixed-3"]
    assert (one.run, other.run) == ("fixed-3", "fixed-2")


def test_an_id_that_is_asked_for_names_one_run_and_keeps_its_tags_apart() -> None:
    """Another master may have had the same one: workers of the two share no tag."""
    one, other = Registry(Settings(), Environment()), Registry(Settings(), Environment())
    assert (one.next_run("asked"), other.next_run("asked")) == ("asked", "asked-2")
    assert one.worker(0).worker != other.worker(0).worker
    assert one.next_run() not in ("asked", "asked-3")
    assert one.worker(0).worker == "worker-0"
