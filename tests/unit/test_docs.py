"""The documents are tested against the code: what they name exists, what exists they name."""

import re
import tomllib
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest

from swarmscope.cli import COMMANDS, command
from swarmscope.errors import ExitCode
from swarmscope.settings import Settings
from swarmscope.webui import login

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "locust/locustfiles/README.md",
    "dashboards/README.md",
    "docs/business-events.md",
    *(f"docs/decisions/{path.name}" for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))),
    "docs/demo-shop.md",
    "docs/init.md",
    *(f"docs/how-to/{path.name}" for path in sorted((ROOT / "docs" / "how-to").glob("*.md"))),
    "docs/logs.md",
    "docs/open-model.md",
    "docs/other-machines.md",
    *(f"docs/runbooks/{path.name}" for path in sorted((ROOT / "docs" / "runbooks").glob("*.md"))),
    "docs/tutorial.md",
    "docs/upgrading.md",
    "docs/when-to-use.md",
    "gateway/README.md",
    "grafana/README.md",
    "locust/swarmscope/starter/templates/README.md",
    "telegraf/README.md",
]
PACKAGE = ROOT / "locust" / "swarmscope"


def _text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))


def test_the_readme_lists_exactly_the_commands_there_are() -> None:
    rows = re.findall(r"^\| `swarmscope ([a-z]+)` \|", _text("README.md"), re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_command_that_is_named_exists(document: str) -> None:
    named = re.findall(r"(?:`|^    )swarmscope ([a-z]+)", _text(document), re.MULTILINE)
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_make_target_that_is_named_exists(document: str) -> None:
    named = re.findall(r"(?:`|^    )make ([a-z-]+)", _text(document), re.MULTILINE)
    assert set(named) <= _targets()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_link_to_a_file_leads_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", _text(document))
    files = [link.partition("#")[0] for link in links if "://" not in link]
    folder = (ROOT / document).parent
    assert [file for file in files if not (folder / file).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_path_in_code_style_exists(document: str) -> None:
    """A path has a slash and no blank; what a user makes or replaces is in capitals or a dot."""
    named = set(re.findall(r"`([a-z][\w.]*/[\w./-]*|[a-z]\w*\.(?:py|toml|md))`", _text(document)))
    roots = (ROOT, PACKAGE, ROOT / "tests", (ROOT / document).parent)
    # The last is a part of an address.
    made_by_use = ("build/", "logs/", "results/", "backups/", "secrets/", "locustfile.py", "d/..")
    # What a reader puts there himself, as the page shows.
    made = set(re.findall(r"<!-- file: (\S+) -->", _text("docs/tutorial.md") + _text(document)))
    missing = {
        path
        for path in named - made
        if not path.startswith(made_by_use)
        and "NAME" not in path
        and not any((root / path).exists() for root in roots)
    }
    assert missing == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_python_imports_of_us_is_there(document: str) -> None:
    """It isn't imported: Locust would patch this process."""
    imported = re.findall(r"from (swarmscope[\w.]*) import (\w+)", _text(document))
    for module, name in imported:
        found = find_spec(module)
        assert found is not None, module
        assert found.origin is not None, module
        assert re.search(rf"\b{name}\b", Path(found.origin).read_text(encoding="utf-8")), name


def test_each_room_of_the_package_is_on_the_map() -> None:
    map_ = _text("CONTRIBUTING.md")
    rooms = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in PACKAGE.iterdir()
        if not path.name.startswith("_") and path.name != "py.typed"
    }
    assert {room for room in rooms if f"`{room}`" not in map_} == set()


def test_each_room_of_the_tests_is_on_the_map() -> None:
    map_ = _text("CONTRIBUTING.md")
    rooms = {path.name for path in (ROOT / "tests").glob("[!_.]*/")}
    assert {room for room in rooms if f"`tests/{room}/`" not in map_} == set()


def test_the_map_goes_down_the_layers_that_imports_keep_to() -> None:
    linter = tomllib.loads(_text("pyproject.toml"))["tool"]["importlinter"]
    layers = linter["contracts"][0]["layers"]
    depth = {
        room: number
        for number, layer in enumerate(layers)
        for room in re.findall(r"swarmscope\.(\w+)", layer)
    }
    _, _, map_ = _text("CONTRIBUTING.md").partition("## Which room to open")
    named = re.findall(r"`(\w+)(?:/|\.py)`", map_.partition("The stack is in")[0])
    found = [(depth[room], room) for room in named if room in depth]
    assert {room for _, room in found} == depth.keys()
    assert found == sorted(found, key=lambda one: one[0])


def test_each_variable_that_is_named_is_a_setting() -> None:
    known = {f.metadata["env"] for f in fields(Settings)}
    # Those of `make run` alone.
    known |= {login.USERNAME, login.PASSWORD, login.COOKIE}
    for document in DOCUMENTS:
        named = set(re.findall(r"\b(?:INFLUXDB_V2|SWARMSCOPE)_[A-Z_]+[A-Z]\b", _text(document)))
        # A secret can be in a file of its own; of one setting that is the name itself.
        assert {name.removesuffix("_FILE") for name in named - known} <= known, document


def test_the_settings_table_has_each_setting() -> None:
    table = _text("docs/settings.md")
    assert {f.metadata["env"] for f in fields(Settings)} == set(
        re.findall(r"^\| `([A-Z0-9_]+)`", table, re.MULTILINE)
    )


def test_the_exit_codes_of_the_readme_are_those_of_the_code() -> None:
    listed = {int(code) for code in re.findall(r"(?<=[ ,])(\d+) [a-z]", _codes())}
    assert listed == {int(code) for code in ExitCode}


def _codes() -> str:
    return _text("README.md").partition("Exit codes:")[2].partition(".\n")[0].replace("\n", " ")


def test_options_of_commands_that_are_named_exist() -> None:
    """A `--option` after `swarmscope COMMAND`, or a make variable, that a reader may type."""
    for document in DOCUMENTS:
        for name, option in re.findall(r"`swarmscope ([a-z]+) (--[a-z-]+)", _text(document)):
            options = {o for p in command(name).params for o in (*p.opts, *p.secondary_opts)}
            assert option in options, f"{document}: swarmscope {name} {option}"


def test_make_variables_that_are_named_exist() -> None:
    used = r"^([A-Z]+)\s*\?=|\$\$\{?([A-Z]+)|given,([A-Z_]+)"
    known = set(re.findall(used, _text("Makefile"), re.MULTILINE))
    known = {name for names in known for name in names} | {"NAME"}
    known |= set(re.findall(r"^#([A-Z_]+)=", _text(".env.example"), re.MULTILINE))
    for document in DOCUMENTS:
        for given in re.findall(r"make [a-z-]+((?: [A-Z_]+=\S+)+)", _text(document)):
            assert set(re.findall(r" ([A-Z_]+)=", given)) <= known, document


def test_a_path_that_the_shell_puts_in_may_hold_a_space() -> None:
    """`$(…)` without quotes is split where somebody's folder is called "my tests"."""
    sources = [*(ROOT / "locust").rglob("*.py"), *(ROOT / name for name in DOCUMENTS)]
    lines = [
        line
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if "$(python -m swarmscope.listener)" in line
    ]
    assert len(lines) >= 5
    assert [line for line in lines if not re.search(r'"\S+,\$\([^)]+\)"', line)] == []


def test_every_dependency_has_an_upper_bound() -> None:
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *(line for extra in extras.values() for line in extra)]
    own = {f"{project['name']}[{extra}]" for extra in extras}
    assert [line for line in needed if "<" not in line and line not in own] == []
