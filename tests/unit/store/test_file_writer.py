"""A few lines into a store's own file, while no server holds it."""

import os
from pathlib import Path

import pytest

from swarmscope.embedded.database import Database
from swarmscope.errors import StoreUnreachableError
from swarmscope.store.file_reader import FileReader
from swarmscope.store.file_writer import write_to_file
from swarmscope.store.question import Question


def fields(folder: Path, bucket: str) -> list[str]:
    with FileReader(folder) as reader:
        rows = reader.ask(Question("points", "r", 0, 1_000, bucket=bucket)).records()
        return [row["field"] for row in rows]


@pytest.mark.long
def test_each_bucket_gets_its_lines_and_an_unnamed_one_none(tmp_path: Path) -> None:
    Database(tmp_path).close()
    lines = {"a": ["m,run=r f=1 5", "m,run=r g=1 5"], "b": ["m,run=r h=1 5"], "": ["m,run=r i=1 5"]}
    write_to_file(tmp_path, lines)
    assert [fields(tmp_path, bucket) for bucket in ("a", "b", "loadtest")] == [
        ["f", "g"],
        ["h"],
        [],
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_what_somebody_else_made_is_not_written_to(tmp_path: Path) -> None:
    Database(tmp_path).close()
    for path in (tmp_path, *tmp_path.iterdir()):
        os.chown(path, 12_345, 12_345)
    with pytest.raises(StoreUnreachableError, match=r"another user \(uid 12345\)") as caught:
        write_to_file(tmp_path, {"a": ["m,run=r f=1 5"]})
    assert caught.value.data == "Nothing was written."
    assert "--url" in caught.value.remedy
