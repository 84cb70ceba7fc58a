"""Work on the store that is called off, and never at the end of a transaction."""

import duckdb
import pytest

from swarmscope.embedded.interruptible import Interruptible

ENDLESS = (
    "SELECT count(*) FROM range(100_000_000_000) a, range(1_000) b WHERE a.range % 7 = b.range"
)


def test_what_takes_too_long_fails_and_the_connection_is_as_good_as_before() -> None:
    with duckdb.connect() as connection:
        work = Interruptible(connection)
        with pytest.raises(duckdb.InterruptException), work.limited(0.05):
            connection.execute(ENDLESS).fetchall()
        with work.limited(60):
            assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_what_begins_behind_the_limit_is_called_off_too() -> None:
    """It may be about to begin another query when its time is over."""
    with duckdb.connect() as connection:
        work = Interruptible(connection)
        with work.limited(0):
            for _ in range(2):
                with pytest.raises(duckdb.InterruptException):
                    connection.execute(ENDLESS).fetchall()


def test_a_transaction_that_ends_is_left_to_end() -> None:
    class Watched:
        calls = 0

        def interrupt(self) -> None:
            self.calls += 1

    watched = Watched()
    work = Interruptible(watched)  # type: ignore[arg-type]
    with work.ending:
        work.call_off()
    assert watched.calls == 0
    work.call_off()
    work.call_off()
    assert watched.calls == 2
