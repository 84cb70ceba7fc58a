"""What is said of a locustfile that Locust can't load: where it breaks off, and what helps."""

import os
from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.stack.check import check, check_thresholds, fault_in

GOOD = "from locust import HttpUser, task\n\nclass Shopper(HttpUser):\n    pass\n"


def refused(folder: Path, **files: str) -> str:
    """Return why the file `mine` of *files* is refused, which the host has in `tests`."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    environ = {**os.environ, "LOCUSTFILE": "tests/mine.py"}
    with pytest.raises(ConfigurationError) as caught:
        check(environ, folder)
    assert caught.value.data == "Nothing was started or stopped."
    return str(caught.value)


def test_a_locustfile_that_loads_is_fine(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(GOOD)
    environ = {key: text for key, text in os.environ.items() if key != "LOCUST_HOST"}
    assert check({**environ, "LOCUSTFILE": "tests/mine.py"}, tmp_path) == ""


def test_a_setting_that_was_taken_back_is_no_reason_to_refuse(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(GOOD)
    empty = {"LOCUSTFILE": "mine.py", "LOCUST_USERS": "", "LOCUST_WEB_LOGIN": ""}
    check({**os.environ, **empty}, tmp_path)


def test_a_missing_package_is_named_with_the_line_and_the_place_for_it(tmp_path: Path) -> None:
    said = refused(tmp_path, mine=f"import os\nfrom no_such.part import x\n{GOOD}")
    assert said.startswith(
        "Locust can't load tests/mine.py: line 2: from no_such.part import x — "
        "ModuleNotFoundError: No module named 'no_such'. Nothing was started or stopped. "
        "If no_such is a package, name it in locust/requirements.txt;"
    )


def test_a_syntax_error_is_said_with_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, mine=f"{GOOD}\n    def buy(self:\n        pass\n")
    assert said.startswith("Locust can't load tests/mine.py: line 6: def buy(self:")
    assert " — SyntaxError: " in said
    assert "Mend it" in said


def test_the_file_beside_it_that_breaks_off_is_named(tmp_path: Path) -> None:
    helper = "def load():\n    raise ValueError('no customers:\\nnone')\n"
    said = refused(tmp_path, mine=f"import helper\nhelper.load()\n{GOOD}", helper=helper)
    assert "tests/helper.py, line 2: raise ValueError(" in said
    assert " — ValueError: no customers:." in said


def test_a_file_without_users_is_none(tmp_path: Path) -> None:
    assert "it has no class of users" in refused(tmp_path, mine="import locust\n")


def test_what_locust_itself_refuses_is_passed_on(tmp_path: Path) -> None:
    text = "import sys\nsys.stderr.write('Not today.\\n')\nsys.exit(1)\n"
    assert refused(tmp_path, mine=text).startswith("Locust can't load tests/mine.py: Not today. N")


def test_of_several_tracebacks_the_last_one_counts() -> None:
    """One exception that came of another is what ended it."""
    folder = Path("/mnt/locust")
    said = (
        "Traceback (most recent call last):\n"
        '  File "/mnt/locust/mine.py", line 3, in <module>\n'
        "    int('x')\n"
        "    ~~~^^^^^\n"
        "ValueError: invalid literal\n"
        "\nDuring handling of the above exception, another exception occurred:\n\n"
        "Traceback (most recent call last):\n"
        '  File "/opt/lib/locust/main.py", line 9, in main\n'
        '  File "/mnt/locust/lib/mine.py", line 5, in <module>\n'
        '  File "/opt/lib/json.py", line 7, in load\n'
        "    raise E\n"
        "E: no\n"
    )
    found = fault_in(said, folder)
    assert (found.path, found.line, found.code, found.error) == ("lib/mine.py", 5, "", "E: no")
    assert fault_in("", folder).error == "nothing was said"


@pytest.mark.long_sample(2)
@pytest.mark.sample(3)
@pytest.mark.parametrize("host", ["", "https://staging.example", "staging.example"])
def test_a_host_without_a_scheme_is_said_and_no_reason_to_refuse(tmp_path: Path, host: str) -> None:
    (tmp_path / "mine.py").write_text(GOOD)
    said = check({**os.environ, "LOCUSTFILE": "mine.py", "LOCUST_HOST": host}, tmp_path)
    doubtful = bool(host) and "://" not in host
    assert said.startswith("LOCUST_HOST is 'staging.example', which has no sch" if doubtful else "")
    assert bool(said) == doubtful


@pytest.mark.sample(2)
@pytest.mark.parametrize("host", ["http://localhost:8000", "127.0.0.1:8000"])
def test_of_localhost_it_is_said_whose_it_is(tmp_path: Path, host: str) -> None:
    """The container's own, where nobody listens: the machine has another name there."""
    (tmp_path / "mine.py").write_text(GOOD)
    said = check({**os.environ, "LOCUSTFILE": "mine.py", "LOCUST_HOST": host}, tmp_path)
    assert "that is its own machine or container" in said
    assert "http://host.docker.internal:8000" in said
    assert ("has no scheme" in said) == ("://" not in host)


def test_thresholds_that_can_t_be_used_are_named_as_the_host_knows_them(tmp_path: Path) -> None:
    """With line and column, before anything is stopped for a master that can't judge."""
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    (tmp_path / "limits.yaml").write_text("fail:\n  - p95 < 3\n")
    with pytest.raises(ConfigurationError) as caught:
        check_thresholds({"THRESHOLDS": "tests/limits.yaml"}, tmp_path)
    assert str(caught.value).startswith(
        "tests/limits.yaml can't be used: tests/limits.yaml:2:11: p95 is a time, and the unit is "
        "missing: write 300ms or 1.5s, not 3. Nothing was started"
    )
    assert caught.value.data == "Nothing was started or stopped."


def test_thresholds_are_read_only_where_some_are_named(tmp_path: Path) -> None:
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    check_thresholds({}, tmp_path)
    (tmp_path / "limits.yaml").write_text("fail: [p95 < 3s]\n")
    check_thresholds({"THRESHOLDS": "limits.yaml"}, tmp_path)
