"""`swarmscope summarise`: into a file that nobody holds, and by the server that does."""

from pathlib import Path

import pytest
from tests.fixtures import expected_summaries, server_thread
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.commands import Command
from tests.fixtures.recorded import RUN, T0

from swarmscope.cli.summarise import _text
from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode
from swarmscope.runs.endpoint_summaries import Summed
from swarmscope.store.backend import EVER
from swarmscope.store.file_reader import FileReader
from swarmscope.store.question import Question, Reader, Table

STORED = {row[:2]: row[4] for row in expected_summaries.endpoint_sums(0)}
REQUESTS = STORED["Aggregated", ""]
WRONG = "locust_summary,run={run},worker=master,name=Aggregated count={count}i,p95=1 {second}"


def summary(reader: Reader, bucket: str = "loadtest") -> dict[tuple[str, str], int]:
    rows = reader.ask(Question("kept_summaries", RUN, *EVER, bucket=bucket)).records()
    return {(row["name"], row["method"]): row["requests"] for row in rows}


def write(folder: Path, *texts: str) -> None:
    with Database(folder) as database:
        database.write("loadtest", "\n".join(texts))


def test_a_file_is_summarised_in_both_buckets_and_the_next_time_as_before(
    command: Command, own_store: Path
) -> None:
    first = command("summarise", RUN, "--data", own_store)
    assert first.code == ExitCode.FINE, first.err
    assert first.out == f"{RUN} is summarised: {REQUESTS} requests. It had no summary before.\n"
    assert first.err.splitlines() == [
        f"Comparing the summary of {RUN} with its points (1 of 5) …",
        "Auditing it (2 of 5) …",
        "Counting what lists say of it (3 of 5) …",
        f"Adding up {REQUESTS} requests by endpoint (4 of 5) …",
        f"Writing {len(STORED) + 2} lines (5 of 5) …",
    ]
    with FileReader(own_store) as reader:
        assert summary(reader) == summary(reader, "loadtest_long") == STORED
        (listed,) = reader.ask(Question("kept_audits")).records()
        assert (listed["run"], listed["requests"]) == (RUN, REQUESTS)
    again = command("summarise", RUN, "--data", own_store)
    assert again.out == f"{RUN} is summarised anew: {REQUESTS} requests, as before.\n"


@pytest.mark.long
def test_without_a_bucket_of_minutes_it_is_written_to_the_other_alone(
    command: Command, own_store: Path
) -> None:
    done = command("summarise", RUN, "--data", own_store, SWARMSCOPE_BUCKET_LONG="")
    assert done.code == ExitCode.FINE, done.err
    with FileReader(own_store) as reader:
        assert (summary(reader), summary(reader, "loadtest_long")) == (STORED, {})


@pytest.mark.long
def test_a_server_s_store_is_summarised_through_it(command: Command, own_store: Path) -> None:
    write(own_store, WRONG.format(run=RUN, count=7, second=(T0 + 500) * 10**9))
    with server_thread.running_server(own_store) as server:
        done = command("summarise", RUN, "--url", server.url)
        assert done.code == ExitCode.FINE, done.err
        assert "summarised anew: " in done.out
        assert "; before it said 7. " in done.out
    with FileReader(own_store) as reader:
        assert summary(reader) == summary(reader, "loadtest_long") == STORED


def test_what_nothing_is_stored_of_stays_as_it_is(command: Command, own_store: Path) -> None:
    done = command("summarise", "nobody", "--data", own_store)
    assert (done.code, done.out) == (ExitCode.NO_DATA, "")
    assert "nobody" in done.err


def test_a_run_whose_begin_is_gone_keeps_the_summary_that_tells_of_all(
    command: Command, tmp_path: Path, own_store: Path
) -> None:
    lines = [text for text in run_lines("r", 10_000, [Told()]) if "event=start" not in text]
    summed = WRONG.format(run="r", count=10**6, second=9_990 * 10**9)
    write(tmp_path / "part", *lines, summed)
    done = command("summarise", "r", "--data", tmp_path / "part")
    assert (done.code, done.out) == (ExitCode.NO_DATA, "")
    assert "The begin of r is no longer in the store, which has 10 requests of the 1,000,000 " in (
        done.err
    )
    assert "Nothing was written" in done.err


def test_a_run_that_goes_on_is_left_to_its_master(command: Command, going_store: Path) -> None:
    done = command("summarise", "going", "--data", going_store)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "going goes on, and its master summarises it. Nothing was written." in done.err


@pytest.mark.parametrize(
    ("differing", "says"), [(1, "1 line of the table had"), (3, "3 lines of the table had")]
)
def test_what_differed_is_counted(differing: int, says: str) -> None:
    sums = Table("endpoint_sums", (), [], 1, 0, 1)
    found = Summed(7, 1_000, differing, expired=False, sums=sums, kept={})
    assert _text("r", found) == (
        f"r is summarised anew: 1,000 requests; before it said 7. {says} other numbers."
    )
