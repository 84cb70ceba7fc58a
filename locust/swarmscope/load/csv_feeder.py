"""Rows of a CSV file for users: each row once, over all workers."""

from pathlib import Path
from typing import get_args
from weakref import WeakKeyDictionary

from locust import User, events
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner, WorkerRunner

from swarmscope.errors import ConfigurationError
from swarmscope.load.asking import Asking
from swarmscope.load.csv_rows import CsvRows
from swarmscope.load.dealer import AtEnd, Dealer
from swarmscope.load.dealing import Dealing
from swarmscope.load.refusing import refusing
from swarmscope.load.row_messages import Source


def csv_feeder(
    path: str | Path,
    *,
    at_end: AtEnd = "stop",
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> "CsvFeeder":
    """Return what gives users rows of the CSV file at *path*: each row once, over all workers.

    The master reads it, and deals its rows out as users ask for them; where there is no master, the
    process itself does. Its first line names the columns. Workers need no file; one that has it
    with other columns is refused its rows. Each run begins with the first row. When all are dealt,
    *at_end* says what becomes of who asks for one more: "stop" ends that user, "again" begins with
    the first row, "quit" ends the test (users finish what they do within ``--stop-timeout``).

    What a worker was given that is lost counts as used: no row is ever dealt twice in a round.

    Raises:
        ConfigurationError: there is no such end.

    """
    if at_end not in get_args(AtEnd):
        raise ConfigurationError(
            f"There is no end {at_end!r} of a feeder.",
            data="Nothing is started.",
            remedy=f"Give at_end one of {', '.join(map(repr, get_args(AtEnd)))}.",
        )
    return CsvFeeder(Path(path), at_end, delimiter, encoding)


class CsvFeeder:
    """What `csv_feeder` returns; it belongs at the top of a locustfile."""

    def __init__(self, path: Path, at_end: AtEnd, delimiter: str, encoding: str) -> None:
        self._path = path
        self._at_end = at_end
        self._delimiter = delimiter
        self._encoding = encoding
        self._sources: WeakKeyDictionary[Environment, Source] = WeakKeyDictionary()
        events.init.add_listener(self._on_init)

    def _on_init(self, environment: Environment, **_: object) -> None:
        with refusing():
            self.attach(environment)

    def attach(self, environment: Environment) -> Source:
        """Read the file for the runs of *environment*, or ask its master for rows.

        The locust command does so by itself. A program calls it once there is a runner.

        Raises:
            ConfigurationError: the file can't be used.

        """
        source = self._sources.get(environment)
        if source is None:
            source = self._sources[environment] = self._source(environment)
        return source

    def _source(self, environment: Environment) -> Source:
        runner = environment.runner
        # Not the whole path: the file may lie elsewhere on each machine.
        if isinstance(runner, WorkerRunner):
            columns = self._rows().columns if self._path.exists() else None
            return Asking(runner, self._path.name, columns)
        dealer = Dealer(self._rows().look_over(), self._at_end)
        dealing = Dealing(environment, self._path.name, dealer)
        if isinstance(runner, MasterRunner):
            dealing.listen(runner)
        return dealing

    def _rows(self) -> CsvRows:
        return CsvRows(self._path, delimiter=self._delimiter, encoding=self._encoding)

    def take(self, user: User) -> dict[str, str]:
        """Return a row for *user*, by column; no other user is given it.

        Raises:
            StopUser: there are no more. Let it through.
            ConfigurationError: the master has no such file, another one, or doesn't answer.

        """
        source = self.attach(user.environment)
        row = source.take()
        if row is None:
            raise StopUser
        return dict(zip(source.columns, row, strict=True))
