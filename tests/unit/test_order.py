"""Which process is given which file, and which files one process runs together."""

from pathlib import Path

from tests.fixtures.order import chosen, unit

MANY, FEW, SHORT = "tests/integration/test_a.py", "tests/faults/test_b.py", "tests/unit/test_c.py"
SHARED, APART = unit("tests/stack/test_d.py::test[x::y]"), "tests/stack/apart/test_e.py"
BOARDS = Path(__file__).parents[1] / "browser" / "boards"
BROWSER = "tests/browser/boards/test_f.py"


def order(units: list[str], *, waits: bool, containers: bool = False) -> list[str]:
    left, taken = list(units), []
    while left:
        taken.append(chosen(left, waits=waits, containers=containers))
        left.remove(taken[-1])
    return taken


def test_files_that_share_the_stack_are_run_by_one_process_and_the_others_by_file() -> None:
    assert unit("tests/stack/test_g.py::test") == SHARED
    assert unit(f"{APART}::test[x]") == APART
    assert unit(f"{SHORT}::test") == SHORT


def test_files_that_share_a_grafana_are_run_by_one_process() -> None:
    """Each file is in one such unit: what is new there is asked for here."""
    files = {f"tests/browser/boards/{path.name}" for path in BOARDS.glob("test_*.py")}
    units = {unit(f"{file}::test") for file in files}
    assert (len(files), len(units)) == (6, 2)
    assert unit(f"{BROWSER}::test") == BROWSER


def test_one_begins_with_containers_and_others_leave_them_to_him() -> None:
    units = [BROWSER, MANY, SHARED, SHORT, FEW, APART]
    begun = order(units, waits=True, containers=True)
    assert begun == [SHARED, APART, FEW, MANY, BROWSER, SHORT]
    assert order(units, waits=True) == [FEW, MANY, BROWSER, SHORT, APART, SHARED]
    assert order(units, waits=False) == [MANY, FEW, BROWSER, SHORT, SHARED, APART]
