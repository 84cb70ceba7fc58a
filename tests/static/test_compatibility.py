"""What docs/compatibility.md says, and how what it says comes about."""

import runpy
import sys
from pathlib import Path

import pytest
from tests.examples import documentation, rows, samples, together
from tests.examples.public import PUBLIC
from tests.examples.rows import EMBEDDED, IMAGE, Row

PAGE = """
Quick start
===========

.. code-block:: python
    :caption: locustfile.py

    from locust import HttpUser, task

    class Visitor(HttpUser):
        @task
        def top(self):
            self.client.get("/")

And what is said of it later:

.. code-block:: python

    class Visitor(HttpUser):
        ...

.. code:: python

    from locust import events

    @events.test_start.add_listener
    def begin(environment, **kwargs):
        print("begun")

.. code-block:: console

    $ locust
"""


def test_a_page_of_the_documentation_gives_its_whole_locustfiles(tmp_path: Path) -> None:
    """A fragment is left out, and so is what is no Python; listeners alone are told apart."""
    (tmp_path / "quickstart.rst").write_text(PAGE)
    made = documentation.written(tmp_path, tmp_path / "made")
    assert [(block.line, block.has_users) for block, _ in made] == [(5, True), (22, False)]
    first, second = (file.read_text() for _, file in made)
    assert first.startswith("from locust import HttpUser, task\n\nclass Visitor")
    assert second.endswith('    print("begun")\n')


def test_several_files_are_one_for_the_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies beside the first is found from above, and the others are copied there."""
    top, other = tmp_path / "top", tmp_path / "somebody.py"
    first = top / "load" / "waves.py"
    first.parent.mkdir(parents=True)
    first.with_name("beside_waves.py").write_text("USERS = 7\n")
    first.write_text("from beside_waves import USERS\nclass Wave:\n    users = USERS\n")
    other.write_text("class Somebody:\n    pass\n")
    made = together.written(top, first, (other,))
    other.unlink()
    assert made.parent == top
    monkeypatch.setattr(sys, "path", [str(top), *sys.path])  # as Locust does
    found = runpy.run_path(str(made))
    assert found["Wave"].users == 7
    assert found["Somebody"]


def test_a_row_takes_the_place_of_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "KEPT", tmp_path / "rows.jsonl")
    known = (samples.OURS, "shop.py", EMBEDDED, "one process", "2026-11-01", "2.47.0")
    rows.keep([Row(*known, fired=(2, 1)), Row(samples.EXAMPLES, *known[1:])])
    rows.keep([Row(*known, fired=(3, 1), counted=(3, 1))])
    assert [(row.part, row.fired, row.counted) for row in rows.load()] == [
        (samples.EXAMPLES, (0, 0), None),
        (samples.OURS, (3, 1), (3, 1)),
    ]


def test_nothing_in_the_document_differs_without_a_word() -> None:
    kept = rows.load()
    assert [row.name for row in kept if row.differs] == []
    assert [row.name for row in kept if not row.how and not row.remark] == []


@pytest.mark.parametrize("place", [EMBEDDED, IMAGE])
def test_thirty_locustfiles_of_other_people_are_played(place: str) -> None:
    """Those that the list names, which make requests: what can't run is a row with its reason."""
    named = {f"{one.name}/{path}" for one in PUBLIC for path in one.files}
    of_others = [row for row in rows.load() if (row.part, row.place) == (samples.OTHERS, place)]
    assert {row.name for row in of_others} == named
    assert sum(row.fired[0] > 0 for row in of_others) >= 30
