"""What a first run says: of a locustfile that can not be loaded, and where the run is seen."""

import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.compose import Stack

GOOD = "from locust import HttpUser, task\n\n\nclass Shopper(HttpUser):\n    pass\n"


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (
            f"import no_such_package\n{GOOD}",
            "line 1: import no_such_package — ModuleNotFoundError: No module named "
            "'no_such_package'. Nothing was started or stopped. If no_such_package is a package, "
            "name it in locust/requirements.txt",
        ),
        (f"{GOOD}    def buy(self:\n", "line 6: def buy(self: — SyntaxError: "),
    ],
    ids=["a missing package", "a syntax error"],
)
def test_a_locustfile_that_can_not_be_loaded_is_named_and_starts_nothing(
    stack: Stack, tmp_path: Path, broken: str, says: str
) -> None:
    """Beside the other stack, whose images are built."""
    (tmp_path / "mine.py").write_text(broken)
    tmp_path.chmod(0o755)
    second = Stack(f"{stack.name}-broken", {"LOCUSTFILE": f"{tmp_path}/mine.py", "WORKERS": "1"})
    try:
        said = second.up(code=None)
        assert f"Locust can't load {tmp_path}/mine.py: {says}" in said, said
        assert "Traceback" not in said
        assert second.compose("ps", "--all", "--quiet").split() == []
    finally:
        second.remove()


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("folder", [True, False], ids=["its folder", "the file alone"])
def test_a_locustfile_that_containers_may_not_read_is_named_and_starts_nothing(
    stack: Stack, tmp_path: Path, *, folder: bool
) -> None:
    (tmp_path / "mine.py").write_text(GOOD)
    tmp_path.chmod(0o700 if folder else 0o755)
    (tmp_path / "mine.py").chmod(0o644 if folder else 0o600)
    second = Stack(f"{stack.name}-closed", {"LOCUSTFILE": f"{tmp_path}/mine.py", "WORKERS": "1"})
    try:
        said = second.up(code=None)
        assert "which the containers' user may not read: it is number 10001" in said, said
        assert f"chmod -R o+rX {tmp_path}" in said
        assert second.compose("ps", "--all", "--quiet").split() == []
    finally:
        second.remove()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.mark.long
def test_the_link_on_locusts_page_leads_to_the_run_where_make_says_grafana_is(
    stack: Stack,
) -> None:
    stack.make("run", "USERS=2", "RATE=2", "TIME=2s", code=None)
    asking = urllib.request.build_opener(_Stay())
    with pytest.raises(urllib.error.HTTPError) as answered:
        asking.open(f"{stack.locust}/swarmscope", timeout=15)
    leads_to = answered.value.headers["Location"]
    assert leads_to.startswith(f"{stack.grafana}/d/swarmscope-overlay?var-run={stack.last_run()}&")
    assert re.search(r"&from=\d{13}&to=\d{13}&refresh=\w+$", leads_to)
