"""`swarmscope buckets create`: what is made, and what is said where it can't be."""

from pathlib import Path

import pytest
from tests.fixtures import server_thread
from tests.fixtures.commands import Command
from tests.fixtures.ports import free_port

from swarmscope.errors import ExitCode


def test_the_embedded_store_has_the_buckets_of_its_own_settings(
    command: Command, tmp_path: Path
) -> None:
    with server_thread.running_server(tmp_path) as server:
        done = command("buckets", "create", "--url", server.url)
        other = command("buckets", "create", "--url", server.url, SWARMSCOPE_BUCKET_LONG="another")
        none = command("buckets", "create", "--url", server.url, SWARMSCOPE_BUCKET_LONG="")
    there = "was there already; its points are kept for ever."
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert done.out.splitlines() == [f"loadtest: {there}", f"loadtest_long: {there}"]
    assert (other.code, other.out) == (ExitCode.WRONG_USAGE, f"loadtest: {there}\n")
    assert "has no bucket another in an organization swarmscope" in other.err
    assert "Nothing was changed. Start `swarmscope serve` with the same" in other.err
    assert (none.code, none.out.splitlines()) == (ExitCode.FINE, [f"loadtest: {there}"])


@pytest.mark.parametrize(
    ("options", "env", "says"),
    [
        (("--retention", "soon"), {}, "--retention is 'soon', which can't be used"),
        (("--retention-long", "1h30m"), {}, "--retention-long is '1h30m'"),
        (("--retention", "-1d"), {}, "Nothing was changed."),
        ((), {"SWARMSCOPE_BUCKET_LONG": "loadtest"}, "both name the bucket loadtest"),
    ],
)
def test_what_can_not_be_done_is_said_before_anything_is_asked(
    command: Command, options: tuple[str, ...], env: dict[str, str], says: str
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = command("buckets", "create", "--url", nowhere, *options, **env)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert says in done.err
