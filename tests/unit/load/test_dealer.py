"""Rows dealt out: each once, whatever is asked again, and what there is at the end."""

from pathlib import Path

import pytest

from swarmscope.load.csv_rows import CsvRows
from swarmscope.load.dealer import MOST, AtEnd, Dealer, Dealt


@pytest.fixture
def rows(tmp_path: Path) -> CsvRows:
    path = tmp_path / "rows.csv"
    path.write_text("id\n1\n2\n3\n")
    return CsvRows(path)


def test_each_row_goes_to_one_asker(rows: CsvRows) -> None:
    dealer = Dealer(rows, "stop")
    assert dealer.deal("a", 1, 2) == Dealt(1, [["1"], ["2"]])
    assert dealer.deal("b", 1, 1) == Dealt(1, [["3"]])
    assert dealer.dealt == {"a": 2, "b": 1}
    assert not dealer.over, "nobody has asked in vain"


def test_a_question_that_comes_again_is_answered_with_the_same_rows(rows: CsvRows) -> None:
    dealer = Dealer(rows, "stop")
    assert dealer.deal("a", 1, 1) == dealer.deal("a", 1, 1) == Dealt(1, [["1"]])
    assert dealer.deal("a", 2, 1) == Dealt(2, [["2"]])


@pytest.mark.parametrize("at_end", ["stop", "quit"])
def test_who_asks_for_more_than_there_is_gets_what_is_left(rows: CsvRows, at_end: AtEnd) -> None:
    dealer = Dealer(rows, at_end)
    assert dealer.deal("a", 1, 5) == Dealt(1, [["1"], ["2"], ["3"]], over=True)
    assert dealer.deal("b", 1, 1) == Dealt(1, [], over=True)


def test_again_begins_with_the_first_row(rows: CsvRows) -> None:
    dealer = Dealer(rows, "again")
    assert [row for (row,) in dealer.deal("a", 1, 7).rows] == ["1", "2", "3", "1", "2", "3", "1"]
    assert not dealer.over


def test_another_run_begins_with_the_first_row(rows: CsvRows) -> None:
    dealer = Dealer(rows, "stop")
    dealer.deal("a", 1, 5)
    dealer.restart()
    assert dealer.deal("a", 1, 1) == Dealt(1, [["1"]])
    assert dealer.dealt == {"a": 1}


def test_one_answer_has_a_bound(rows: CsvRows) -> None:
    assert len(Dealer(rows, "again").deal("a", 1, 10**9).rows) == MOST
