"""A run as files: which rows and columns they have, and what is left where it can't be written."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from swarmscope.embedded.database import Database
from swarmscope.errors import ConfigurationError, NoDataError, StoreUnreachableError
from swarmscope.runs.export import Exported, Format, export
from swarmscope.store.file_reader import FileReader
from swarmscope.store.question import Question, Reader, Table

START = 'locust_run,run=r,worker=master,event=start,test=t message="x" 5'


def exported(tmp_path: Path, *lines: str, kind: Format = Format.JSONL, raw: bool = False) -> Path:
    """Return the folder of the run "r", which wrote *lines*."""
    with Database(tmp_path / "store") as database:
        database.write("loadtest", "\n".join((START, *lines)))
    with FileReader(tmp_path / "store") as reader:
        done = export(reader, "r", kind, tmp_path / "out", raw=raw)
    assert {path.name for path in done.rows} == {p.name for p in (tmp_path / "out" / "r").iterdir()}
    return tmp_path / "out" / "r"


def rows(folder: Path, name: str = "m") -> list[dict[str, Any]]:
    return [json.loads(text) for text in (folder / f"{name}.jsonl").read_text().splitlines()]


def test_each_point_is_a_row_of_its_tags_and_fields(tmp_path: Path) -> None:
    most = 2**63 - 1
    folder = exported(
        tmp_path,
        f'm,run=r,host=a n={most}i,f=0.5,ok=true,text="two\nlines" 5',
        "m,run=r,other=b n=1i 6",
    )
    first, second = rows(folder)
    assert first.pop("time").endswith("00:00:00.000000005")
    told = {"run": "r", "host": "a", "n": most, "f": 0.5, "ok": True, "text": "two\nlines"}
    assert {k: v for k, v in first.items() if v is not None} == told
    assert (second["other"], second["n"], second["text"]) == ("b", 1, None)


def test_a_field_called_as_a_tag_or_as_the_time_has_a_column_of_its_own(tmp_path: Path) -> None:
    (row,) = rows(exported(tmp_path, "m,run=r,a=tag a=1,b=2 5"))
    assert (row["a"], row["a_field"], row["b"]) == ("tag", 1.0, 2.0)


def test_a_histogram_is_a_row_for_each_bound_and_a_stranger_s_field_costs_nothing(
    tmp_path: Path,
) -> None:
    line = "locust_latency,run=r,name=/a 10.04=3i,20.5=4i,mine=1.5 5"
    found = rows(exported(tmp_path, line), "locust_latency")
    counts = {row["bound"]: row["count"] for row in found}
    assert counts == {10.04: 3, 20.5: 4, None: 2}


def test_what_a_spreadsheet_would_calculate_is_quoted_in_a_csv(tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@x", "\t=1", "a;=1", "\uff1d1"]
    lines = [f'm,run=r text="{text}" {at}' for at, text in enumerate(texts)]
    folder = exported(tmp_path, *lines, kind=Format.CSV)
    with (folder / "m.csv").open(encoding="utf-8", newline="") as file:
        found = [row["text"] for row in csv.DictReader(file)]
    assert not any(map(str.__eq__, found, texts))
    assert [text.replace("'", "") for text in found] == texts
    folder = exported(tmp_path, kind=Format.CSV, raw=True)
    with (folder / "m.csv").open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == texts


def test_numbers_and_plain_texts_are_as_they_are(tmp_path: Path) -> None:
    line = 'm,run=r f=-1.5,text="a-b; c=d" 5'
    (row,) = csv.DictReader((exported(tmp_path, line, kind=Format.CSV) / "m.csv").open())
    assert (row["f"], row["text"]) == ("-1.5", "a-b; c=d")


@pytest.mark.parametrize("kind", Format)
def test_only_of_a_csv_it_says_that_a_text_was_changed(tmp_path: Path, kind: Format) -> None:
    with Database(tmp_path / "store") as database:
        database.write("loadtest", f'{START}\nm,run=r text="=1" 5')
    with FileReader(tmp_path / "store") as reader:
        done: Exported = export(reader, "r", kind, tmp_path / "out")
    assert done.changed is (kind is Format.CSV)
    assert list(done.rows.values()) == [1, 1]


def test_of_a_run_that_is_not_there_nothing_is_made(tmp_path: Path) -> None:
    Database(tmp_path / "store").close()
    with FileReader(tmp_path / "store") as reader, pytest.raises(NoDataError):
        export(reader, "r", Format.CSV, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_can_not_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ConfigurationError) as caught:
        exported(tmp_path)
    assert f"can't be exported to {tmp_path / 'out' / 'r'} (" in caught.value.happened
    assert caught.value.data == "The store is as it was."
    assert "--out" in caught.value.remedy


def test_what_was_there_stays_where_no_new_one_can_be_made(tmp_path: Path) -> None:
    folder = exported(tmp_path, "m,run=r f=1 5")
    before = (folder / "m.jsonl").read_bytes()
    with pytest.raises(StoreUnreachableError, match="answers, but not as one that keeps a run"):
        export(Lying("no json"), "r", Format.JSONL, tmp_path / "out")
    assert (folder / "m.jsonl").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["locust_run.jsonl", "m.jsonl"]


class Lying(Reader):
    """A store of one point whose tags are these, and which says nothing in more than *most* ms."""

    def __init__(self, tags: str, most: int = 10**9) -> None:
        self._tags, self._most = tags, most
        self.asked: list[int] = []

    def ask(self, question: Question) -> Table:
        start, stop = question.start or 0, question.stop or 60_000
        if question.name != "points":
            return Table(question.name, (), [], 1, 0, 60_000)
        self.asked.append(stop - start)
        if stop - start > self._most:
            raise ConfigurationError("The answer is too long.")
        point = (start * 10**6, "m", self._tags, "f", "float", 1.0, "1")
        return Table(question.name, (), [point], 1, start, stop)

    def close(self) -> None:
        """There is nothing to let go of."""


def test_a_minute_that_does_not_fit_into_an_answer_is_asked_for_in_halves(tmp_path: Path) -> None:
    reader = Lying("{}", most=20_000)
    done = export(reader, "r", Format.JSONL, tmp_path)
    assert reader.asked == [60_000, 30_000, 15_000, 15_000, 30_000, 15_000, 15_000]
    assert list(done.rows.values()) == [4]
    with pytest.raises(ConfigurationError, match="too long"):
        export(Lying("{}", most=10), "r", Format.JSONL, tmp_path)
