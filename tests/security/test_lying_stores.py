"""A server with answers of the right shape, and values in them that no store has."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.prepared_server import Said, answering
from tests.fixtures.server_process import COMMAND, clean_environment, swarmscope

from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.queries.catalogue import CATALOGUE, TIME_COLUMNS, Query
from swarmscope.runs import export as export_module
from swarmscope.runs.export import Format, export
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.shapes import _COUNTED

AT = 1_700_000_000_000
Cell = Callable[[Query, str, str], Any]


def _honest(_: Query, column: str, unit: str) -> Any:
    told = {
        "time_ns": AT * 10**6,
        "final": True,
        "number": 1.0,
        "tags": "{}",
        "type": "string",
        "event": "start",
    }
    if column in told:
        return told[column]
    return "r" if unit in ("", "JSON") else 1 if column in _COUNTED else 1.5


def _cell(query: Query, column: str, unit: str) -> Any:
    return AT if column in TIME_COLUMNS else _honest(query, column, unit)


def _instead(value: Any, where: Callable[[str, str], bool]) -> Cell:
    def cell(query: Query, column: str, unit: str) -> Any:
        return value if where(column, unit) else _cell(query, column, unit)

    return cell


def _text(column: str, unit: str) -> bool:
    return unit in ("", "JSON") and column not in ("final", "number")


def _time(column: str, _: str) -> bool:
    return column in TIME_COLUMNS


def _number(column: str, unit: str) -> bool:
    return not (_time(column, unit) or _text(column, unit))


def _named(name: str) -> Callable[[str, str], bool]:
    return lambda column, _: column == name


LIES: dict[str, Cell] = {
    "half a pair of surrogates": _instead("r\ud800", _text),
    "a flag as a text": _instead(True, _text),
    "a number as a text": _instead(7, _text),
    "a late time": _instead(10**17, _time),
    "an early time": _instead(-(10**17), _time),
    "a time with a fraction": _instead(1.5e12, _time),
    "no time": _instead(None, _time),
    "a long number": _instead(10**300, _number),
    "infinity": _instead(float("inf"), _number),
    "no number": _instead(float("nan"), _number),
    "a count with a fraction": _instead(1e308, _number),
    "tags that are none": _instead("not json", _named("tags")),
    "a list of tags": _instead('["a"]', _named("tags")),
    "an unknown type": _instead("quantum", _named("type")),
    "a number with the type of a flag": _instead("boolean", _named("type")),
    "nothing in each text": _instead(None, _text),
    "nothing at all": lambda _, __, ___: None,
}


@contextmanager
def lying(cell: Cell, rows: int = 3, start: int = AT, stop: int = AT + 10_000) -> Iterator[str]:
    def answer(query: Query) -> Said:
        row = [cell(query, column, unit) for column, unit in query.columns.items()]
        told = {"query": query.name, "columns": list(query.columns), "rows": [row] * rows}
        return Said(json.dumps({**told, "window": 1, "from": start, "to": stop}).encode())

    # The longest names first: some begin with another.
    queries = sorted(CATALOGUE.values(), key=lambda query: len(query.name), reverse=True)
    answers = {f"/api/queries/{query.name}": answer(query) for query in queries}
    health = Said(b'{"name": "swarmscope", "status": "pass"}')
    with answering({"/health": health, **answers, "": Said(status=204)}) as url:
        yield url


COMMANDS = (
    ("runs",),
    ("runs", "--json"),
    ("audit", "r", "--wait", "0"),
    ("report", "r", "--out", "report.html"),
    ("export", "r", "--out", "."),
    ("delete", "r", "--yes", "--force"),
)


@pytest.mark.long_sample(12)
@pytest.mark.long
@pytest.mark.parametrize("lie", LIES)
def test_what_no_store_has_ends_in_a_sentence(tmp_path: Path, lie: str) -> None:
    """It ended in a traceback, with the exit code of a limit that is broken."""
    with lying(LIES[lie]) as url:
        for words in COMMANDS:
            done = swarmscope(*words, "--url", url, cwd=tmp_path)
            assert "Traceback" not in done.stderr, (words, done.stderr)
            assert done.returncode in (0, 3, 4, 5), (words, done.stderr)
            if done.returncode == ExitCode.STORE_UNREACHABLE:
                assert "answers, but not as" in done.stderr


def test_the_liar_s_honest_words_are_taken(tmp_path: Path) -> None:
    """Else the others above would prove nothing."""
    with lying(_cell) as url:
        for words in COMMANDS[:2]:
            assert swarmscope(*words, "--url", url, cwd=tmp_path).returncode == 0
        done = swarmscope("export", "r", "--out", ".", "--url", url, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def until(there: Callable[[], object], seconds: float = 60) -> bool:
    """Whether it is *there* within *seconds*."""
    end = time.monotonic() + seconds
    while not there():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


LONG = {"start": -9 * 10**12, "stop": 9 * 10**12}
"""What a run lasts that has no end: three hundred million minutes."""


def test_an_export_without_an_end_leaves_nothing_when_it_is_ended(tmp_path: Path) -> None:
    with lying(_cell, rows=2_000, **LONG) as url:
        command = [*COMMAND, "export", "r", "--out", str(tmp_path), "--url", url]
        process = subprocess.Popen(command, env=clean_environment(), stderr=subprocess.DEVNULL)
        try:
            assert until(lambda: list(tmp_path.glob("r/.*")))
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) != 0
        finally:
            process.kill()
            process.wait()
    assert list((tmp_path / "r").iterdir()) == []


def test_an_export_of_more_minutes_than_a_run_has_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "_MOST_SLICES", 3)
    with (
        lying(_cell, **LONG) as url,
        HttpReader(url) as reader,
        pytest.raises(ConfigurationError, match="more than 3 minutes"),
    ):
        export(reader, "r", Format.CSV, tmp_path)
    assert list((tmp_path / "r").iterdir()) == []
