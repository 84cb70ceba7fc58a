"""What a report's file is called."""

import pytest

from swarmscope.report.html import file_name


def test_two_runs_have_two_files() -> None:
    runs = ("a/b", "a b", "a_b", ".a_b", "a_b.", "x" * 200, "x" * 201, "", ".", "../a_b", "é", "ü")
    assert len({file_name(run) for run in runs}) == len(runs)


@pytest.mark.parametrize("run", ["20260131-120000-k3f9", "checkout.v2"])
def test_a_usual_id_is_in_it_as_it_is(run: str) -> None:
    assert file_name(run) == f"swarmscope-{run}.html"


@pytest.mark.parametrize("run", ["../../etc/passwd", "/a/b", "a\\b", "a\0b", "x" * 5_000])
def test_it_is_one_part_of_a_path(run: str) -> None:
    name = file_name(run)
    assert not set(name) & set("/\\\0")
    assert len(name) < 150
