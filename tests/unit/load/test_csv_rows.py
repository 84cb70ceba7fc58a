"""A file of rows: read as it is, or refused with what to do about it."""

from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.load.csv_rows import CsvRows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def test_rows_come_in_their_order_and_again(path: Path) -> None:
    path.write_text('email,words\na@b,"one, two"\n\nc@d,"""three"""\n')
    rows = CsvRows(path).look_over()
    assert rows.columns == ["email", "words"]
    assert rows.count == 2
    for _ in range(2):
        assert list(rows.each()) == [["a@b", "one, two"], ["c@d", '"three"']]


def test_what_a_spreadsheet_saves_is_read(path: Path) -> None:
    path.write_bytes("\ufeffname;city\r\nJürgen;Köln\r\n".encode())
    rows = CsvRows(path, delimiter=";").look_over()
    assert (rows.columns, list(rows.each())) == (["name", "city"], [["Jürgen", "Köln"]])
    path.write_bytes("name\nJürgen\n".encode("latin-1"))
    assert list(CsvRows(path, encoding="latin-1").each()) == [["Jürgen"]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "can't be read (No such file or directory)"),
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"email,password\n", "has no row under its columns' names"),
        (b"email,email\na,b\n", "has the columns email, email"),
        (b"email,\na,b\n", "has the columns email, "),
        (b"email,password\na,b\nc\n", "has 1 value in line 3, and 2 columns"),
        (b"email,password\na,b,c\n", "has 3 values in line 2, and 2 columns"),
        (b"name\nJ\xfcrgen\n", "is no CSV file in utf-8-sig"),
        (b'name\n"never closed\n', "is no CSV file in utf-8-sig"),
    ],
)
def test_a_file_that_has_no_rows_to_deal_is_refused(
    path: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as refused:
        CsvRows(path).look_over()
    assert f"{path} {told}" in refused.value.happened
    assert refused.value.data == "Nothing is started."
    assert refused.value.remedy
