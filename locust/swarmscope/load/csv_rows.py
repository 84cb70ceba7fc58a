"""A CSV file's rows, looked over once before any of them is used."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from swarmscope.errors import ConfigurationError
from swarmscope.words import count_of

_NOTHING = "Nothing is started."

Row = list[str]


class CsvRows:
    """The rows under the head of the file at *path*, read as they are wanted.

    They aren't kept: a file may have millions.

    Raises:
        ConfigurationError: it can't be read, or doesn't begin with the names of columns.

    """

    def __init__(self, path: Path, *, delimiter: str = ",", encoding: str = "utf-8-sig") -> None:
        # utf-8-sig: spreadsheets put a mark in front, which would be in the first column's name.
        self._path = path
        self._delimiter = delimiter
        self._encoding = encoding
        self.columns = self._head()
        self.count = 0
        """Known once it was looked over."""

    def look_over(self) -> Self:
        """Read all of it: what is wrong in its last row is told now, and not in an hour.

        Raises:
            ConfigurationError: it has no rows, or not the same columns in each.

        """
        self.count = sum(1 for _ in self.each())
        return self

    def _head(self) -> Row:
        """Return the names of the columns."""
        columns = next(self._lines(), (0, []))[1]
        if not columns:
            raise self._refused("is empty", "Give it a first line with the names of its columns.")
        if len(set(columns)) < len(columns) or "" in columns:
            raise self._refused(
                f"has the columns {', '.join(columns)}", "Give each a name of its own."
            )
        return columns

    def each(self) -> Iterator[Row]:
        """Yield each row, from the first on."""
        lines = self._lines()
        columns = next(lines, (0, []))[1]
        number = 0
        for number, row in lines:
            if len(row) != len(columns):
                raise self._refused(
                    f"has {count_of(len(row), 'value')} in line {number}, and "
                    f"{count_of(len(columns), 'column')}",
                    f"Look for a missing quote, or a separator that isn't {self._delimiter!r}.",
                )
            yield row
        if not number:
            raise self._refused("has no row under its columns' names", "Give it one at least.")

    def _lines(self) -> Iterator[tuple[int, Row]]:
        try:
            with self._path.open(encoding=self._encoding, newline="") as file:
                reader = csv.reader(file, delimiter=self._delimiter, strict=True)
                for row in reader:
                    if row:  # an empty line is none
                        yield reader.line_num, row
        except OSError as error:
            raise self._refused(
                f"can't be read ({error.strerror})",
                "Put it on the master's machine, beside the locustfile.",
            ) from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise self._refused(
                f"is no CSV file in {self._encoding} ({error})",
                "Save it as such, or say encoding=.",
            ) from error

    def _refused(self, what: str, remedy: str) -> ConfigurationError:
        return ConfigurationError(f"{self._path} {what}.", data=_NOTHING, remedy=remedy)
