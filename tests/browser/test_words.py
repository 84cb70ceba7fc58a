"""Whatever the verdict, the live page says of a run's data what the audit says."""

from collections.abc import Callable, Iterator

import pytest
from tests.browser.conftest import Seen
from tests.fixtures.server_process import store_process, write
from tests.fixtures.situations import CASES, Case, all_lines

from swarmscope.runs.audit import Verdict, audit
from swarmscope.store.http_reader import HttpReader

Look = Callable[..., Seen]
# Those that a minute changes are still the same while the page is looked at.
SETTLED = [case for case in CASES if case.stopped is not None and case.stopped > 60]
# The words are the server's, which tests/integration/test_one_judge.py compares in all situations.
SHAPES = {(case.verdict, len(case.says)): case for case in reversed(SETTLED)}.values()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that holds every situation."""
    with store_process(tmp_path_factory.mktemp("store")) as url:
        write(url, all_lines())
        yield url


@pytest.mark.long_sample(6)
@pytest.mark.long
@pytest.mark.parametrize("case", SHAPES, ids=lambda case: case.run)
def test_the_page_says_the_words_of_the_audit(look: Look, url: str, case: Case) -> None:
    with HttpReader(url) as reader:
        found = audit(reader, case.run)
    page = look().open(f"{url}/?run={case.run}")
    facts, said = page.inner_text("#facts"), page.inner_text("#banners")
    if found.verdict is Verdict.COMPLETE:
        assert f"Audit\n{found.line()}" in facts
        assert "data" not in said
    else:
        assert f"This run's data: {found.said}." in said
        # The banner gives the reasons, and the facts don't give them again.
        assert f"Audit\n{found.said}" in facts
        for finding in found.findings:
            assert (finding.message in said, finding.message in facts) == (True, False)
