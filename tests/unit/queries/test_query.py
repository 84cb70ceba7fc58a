"""A query's texts: what its files say, and what they share put in its place."""

import re

import pytest
from tests.fixtures.grafana import ROOT

from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.queries.query import Query, end_of_imports, with_shared

QUERIES = ROOT / "locust" / "swarmscope" / "queries"
SHARED = sorted(file.stem for file in (QUERIES / "shared").glob("*.flux"))
FLUX = [
    *QUERIES.glob("*.flux"),
    *QUERIES.glob("*.py"),
    *(ROOT / "dashboards" / "flux").rglob("*.flux"),
]


def test_what_files_share_takes_the_place_of_the_line_that_names_it():
    shared = (QUERIES / "shared" / "hair.flux").read_text("utf-8")
    assert with_shared("a = 1\n// include: hair\nb = 2\n") == f"a = 1\n{shared}b = 2\n"
    assert with_shared("a = 1\n    // include: hair\n") == f"a = 1\n{shared}"


def test_a_comment_that_speaks_of_an_include_is_none():
    for text in ("a = 1  // include: hair\n", "// it says include: hair\n", "// include hair\n"):
        assert with_shared(text) == text


def test_what_is_not_shared_is_no_query():
    with pytest.raises(FileNotFoundError, match="nosuch"):
        with_shared("// include: nosuch\n")


PARTED = {"step_windows", "strain_of_steps"}
"""Subjects of their own, of a file that would be too long to read with them."""


@pytest.mark.parametrize("name", SHARED)
def test_what_is_shared_stands_in_no_file_but_is_named_by_several(name: str):
    shared = with_shared(f"// include: {name}\n")
    texts = [file.read_text("utf-8") for file in FLUX]
    assert sum(f"// include: {name}\n" in text for text in texts) > (name not in PARTED)
    assert not [text for text in texts if shared in text]


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_query_leaves_an_include_to_a_store(name: str):
    assert not re.search(r"\binclude\b", CATALOGUE[name].flux)


@pytest.mark.parametrize(
    ("name", "needs_run", "windowed"),
    [
        ("requests_per_second", True, True),
        ("endpoint_totals", True, False),
        ("host_disk", False, True),
        ("runs", False, False),
    ],
)
def test_what_a_question_needs_is_what_its_sql_names(name: str, needs_run: bool, windowed: bool):
    made = Query(name, "", {})
    assert (made.needs_run, made.windowed) == (needs_run, windowed)


@pytest.mark.parametrize(
    ("flux", "rest"),
    [
        ('import "a"\n\nimport "b/c"\nfrom(bucket: "x")\n', 'from(bucket: "x")\n'),
        ('// import "a"\nimport "b"\n', '// import "a"\nimport "b"\n'),
        ("", ""),
    ],
)
def test_what_stands_behind_the_imports_begins_with_the_first_line_that_is_none(
    flux: str, rest: str
):
    assert flux[end_of_imports(flux) :] == rest
