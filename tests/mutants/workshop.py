"""A module is mutated in a copy of the package and its tests, by mutmut.

mutmut names a mutant by its file and switches to it by its module's name: the two agree only if the
package lies at the root or under `src/`, and ours lies in `locust/`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKSHOP = ROOT / ".mutants"

_SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/swarmscope/{module}.py"]
also_copy = ["pytest.ini"]
pytest_add_cli_args_test_selection = {tests}
# The tests import gevent and start threads: neither outlives a fork of a process that ran them.
process_isolation = "forkserver"
use_git_change_detection = false
# Time that a mutant's tests may take: (their own + constant) x multiplier.
timeout_constant = 2.0
timeout_multiplier = 6.0
"""
# The project's own, without what costs time at each start of pytest.
_PYTEST = """
[pytest]
pythonpath = .
addopts = --strict-config --import-mode=importlib -p tests.mutants.profile
  -p no:cacheprovider -p no:xdist -p no:locust -p no:anyio -p no:faulthandler
  -p no:unraisableexception -p no:threadexception -p no:doctest -p no:junitxml -p no:unittest
timeout = 8
timeout_method = thread
markers = long
"""
_HIDDEN = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info")
_NEXT = "---- next ----\n"
_SHOW = f"""
import sys
from mutmut.__main__ import cli
for name in sys.argv[1:]:
    sys.stdout.write({_NEXT!r})
    cli(["show", name], standalone_mode=False)
"""
_KILLED = 1
"""What mutmut writes of a mutant that a test noticed."""
_VERDICT = re.compile(r"^ {4}(\S+): (.+)$", re.MULTILINE)
_NAME = re.compile(r"\.x(?:_|ǁ(\w+)ǁ)(\w+)__mutmut_\d+$")


class MutmutError(Exception):
    """A module can't be measured; it says why."""


@dataclass(frozen=True, order=True)
class Mutant:
    """A change to *place* (a function, or a method with its class): lines off and lines on."""

    place: str
    change: str


@dataclass
class Score:
    """What became of the mutants of one module."""

    mutants: int
    killed: int
    timed_out: int
    survivors: list[Mutant] = field(default_factory=list)

    def share(self, but: Callable[[str], bool] = lambda _: False) -> float:
        """Of the mutants, *but* those whose change is left out, how many the tests noticed.

        One that never ends is noticed.
        """
        noticed = self.killed + self.timed_out
        left = sum(not but(mutant.change) for mutant in self.survivors)
        return noticed / (noticed + left) if noticed + left else 1.0


def mutate(module: str, tests: tuple[str, ...], *, again: bool = False) -> Score:
    """Run the *tests* that reach it against each mutant of *module*, and return the score.

    *again*: only against those that survived last time, and those of functions that have changed.

    Raises:
        MutmutError: mutmut can't do that, or its tests fail without any mutant.

    """
    folder = WORKSHOP / module.replace("/", ".")
    if not (again and _forget_survivors(folder, module)):
        shutil.rmtree(folder, ignore_errors=True)
    _set_up(folder, module, tests)
    _mutmut(folder, "run", "--max-children", "1")
    verdicts = dict(_VERDICT.findall(_mutmut(folder, "results", "--all", "true")))
    kinds = Counter(verdicts.values())
    known = kinds["killed"] + kinds["timeout"] + kinds["survived"] + kinds["no tests"]
    if known < len(verdicts):
        # A crash says nothing of the tests: it must not count for them.
        raise MutmutError(f"{module}: mutmut has no verdict on some mutants: {dict(kinds)}")
    left = [name for name, verdict in verdicts.items() if verdict in {"survived", "no tests"}]
    survivors = sorted(map(Mutant, map(_place, left), _changes(folder, left)))
    return Score(len(verdicts), kinds["killed"], kinds["timeout"], survivors)


def _forget_survivors(folder: Path, module: str) -> bool:
    """Let the survivors be tried anew; return whether anything is known from last time."""
    verdicts = folder / f"mutants/src/swarmscope/{module}.py.meta"
    if not verdicts.exists():
        return False
    known = json.loads(verdicts.read_text(encoding="utf-8"))
    codes = known["exit_code_by_key"]
    known["exit_code_by_key"] = {
        key: code if code == _KILLED else None for key, code in codes.items()
    }
    verdicts.write_text(json.dumps(known), encoding="utf-8")
    # Which test reaches which function is looked up anew: both may have changed.
    (folder / "mutants/mutmut-stats.json").unlink(missing_ok=True)
    return True


def _set_up(folder: Path, module: str, tests: tuple[str, ...]) -> None:
    for source, target in (
        (ROOT / "locust/swarmscope", "src/swarmscope"),
        (ROOT / "tests", "tests"),
    ):
        shutil.copytree(source, folder / target, ignore=_HIDDEN, dirs_exist_ok=True)
    # Python never looks again into a folder of PYTHONPATH that wasn't there when it started.
    (folder / "mutants/src").mkdir(parents=True, exist_ok=True)
    settings = _SETTINGS.format(module=module, tests=list(tests))
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    (folder / "pytest.ini").write_text(_PYTEST, encoding="utf-8")


def _mutmut(folder: Path, *arguments: str) -> str:
    return _run(folder, str(Path(sys.executable).with_name("mutmut")), *arguments)


def _run(folder: Path, *command: str) -> str:
    # Processes that tests start are to import the mutants, too.
    environment = {**os.environ, "PYTHONPATH": str(folder / "mutants/src")}
    ended = subprocess.run(
        command, cwd=folder, env=environment, text=True, check=False, capture_output=True
    )
    if ended.returncode:
        said = ended.stdout.rpartition("\r")[2] + ended.stderr
        raise MutmutError(f"{said}\n{command[:2]} ended with {ended.returncode}: see above.")
    return ended.stdout


def _place(name: str) -> str:
    found = _NAME.search(name)
    if not found:
        raise MutmutError(f"mutmut names a mutant in a way not known here: {name}")
    return ".".join(filter(None, found.groups()))


def _changes(folder: Path, names: list[str]) -> list[str]:
    # All in one process: mutmut takes longer to start than to show one.
    shown = _run(folder, sys.executable, "-c", _SHOW, *names) if names else ""
    diffs = shown.split(_NEXT)[1:]
    return [" ".join(_changed_lines(diff)) for diff in diffs]


def _changed_lines(diff: str) -> Iterator[str]:
    for line in diff.splitlines():
        if line.startswith(("-", "+")) and not line.startswith(("---", "+++")):
            yield f"{line[0]} {line[1:].strip()}"
