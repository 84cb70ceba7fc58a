"""How a query of the catalogue becomes the lines of a panel."""

import pytest
from dashboards import curves


def test_lines_have_every_text_of_the_question_to_tell_them_apart():
    asked = curves.lines("host_network_faults", called_by=("fault",))
    assert 'keep(columns: ["time", "host", "role", "fault", "value", "_field"])' in asked
    assert "_field: r.fault" in asked
    assert 'rename(columns: {time: "_time", value: "_value"})' in asked


def test_what_is_added_over_no_longer_tells_lines_apart():
    asked = curves.lines("users", added_over=("user_class",))
    assert '|> group(columns: ["time"])\n    |> sum(column: "value")' in asked
    assert "user_class" not in asked.rpartition("|> sum(column:")[2]


@pytest.mark.parametrize(
    "asked",
    [
        curves.apart("users", "user_class"),
        curves.apart("worker_requests", "worker", of=curves.WORKERS),
        curves.lines("host_memory", called_by=("role",), each_host=True),
    ],
)
def test_texts_are_numbered_once_and_not_again_for_each_row(asked: str):
    numbered, _, rows = asked.partition("\nrank = ")
    assert numbered.count("ranks = dict.fromList(") == 1
    assert rows.startswith("(text) => dict.get(dict: ranks, key: text, ")
    # A function of a row that walks over all texts takes rows times texts.
    assert "array.filter" not in asked


def test_what_a_question_imports_already_is_not_imported_again():
    asked = curves.apart("endpoint_p95", "name", "method", value="p95", of=curves.ENDPOINTS)
    head = asked[: asked.index("worker = ")]
    assert [head.count(f'import "{name}"') for name in ("array", "dict", "strings")] == [1, 1, 1]
