"""Names of rooms: what they must not be called."""

import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "locust" / "swarmscope"


def test_none_hides_a_module_of_python() -> None:
    """Locust puts the listener's folder first on `sys.path` while it loads that as a locustfile.

    What is imported then for the first time, and stays for the user's own code, would be ours.
    """
    # A folder that is no package, as a room that moved leaves one of compiled files, hides nothing.
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    ours = rooms | {path.stem for path in PACKAGE.glob("*.py")}
    assert ours & sys.stdlib_module_names == set()
