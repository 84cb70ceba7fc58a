"""`swarmscope delete`, on a real InfluxDB, on a served store and on a file that nobody holds."""

import os
import pty
import secrets
import subprocess
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.fixtures import server_process
from tests.fixtures.influxd import Influx
from tests.fixtures.ports import free_port
from tests.fixtures.server_process import COMMAND, clean_environment, swarmscope
from tests.fixtures.stores import Store

from swarmscope.errors import ExitCode
from swarmscope.line_protocol import escape_tag
from swarmscope.settings import Settings
from swarmscope.store.eraser import stored
from swarmscope.store.location import open_store

LONG_AGO_NS = 1_700_000_000 * 10**9
ODD = 'it\'s "odd" b\\s AND worker="x'
"""An id that our settings refuse; a stranger's client doesn't."""


@dataclass(frozen=True)
class Place:
    """A store with two runs, of two series and three values in each bucket."""

    env: Mapping[str, str]
    data: Path | None = None

    @property
    def settings(self) -> Settings:
        return Settings.from_env(self.env)

    def words(self, *words: str) -> list[str]:
        return ["delete", *words, *(("--data", str(self.data)) if self.data else ())]

    def delete(self, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        return swarmscope(*self.words(*words), env={**self.env, **env})

    def answered(self, answer: str, *words: str) -> tuple[int, str]:
        """Run the command on a terminal on which somebody types *answer*."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [*COMMAND, *self.words(*words)],
            stdin=theirs,
            stdout=subprocess.PIPE,
            text=True,
            env=clean_environment(**self.env),
        )
        os.write(ours, f"{answer}\n".encode())
        said, _ = process.communicate(timeout=60)
        for end in (ours, theirs):
            os.close(end)
        return process.returncode, said

    def values(self, run: str) -> tuple[int, int]:
        """Return how many values each of the two buckets has of *run*."""
        with open_store(self.settings, self.env, data=self.data) as reader:
            raw, long = self.settings.bucket, self.settings.bucket_long
            return stored(reader, run, raw)[1], stored(reader, run, long)[1]


def write(settings: Settings, bucket: str, run: str, at_ns: int) -> None:
    tags = f"run={escape_tag(run)},worker=worker-0"
    texts = [
        f"locust_worker,{tags},host=gen-a requests_seen=2i,final=false {at_ns}",
        f"locust_users,{tags},user_class=Shopper count=1i {at_ns}",
    ]
    server_process.write(settings.url, texts, bucket=quote(bucket), token=settings.token)


def fill(settings: Settings) -> None:
    for bucket in (settings.bucket, settings.bucket_long):
        for run in ("plain", ODD):
            write(settings, bucket, run, LONG_AGO_NS)


@pytest.fixture
def of_influxd(influx: Influx) -> Place:
    name = secrets.token_hex(4)
    env = {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_TOKEN": influx.token,
        "INFLUXDB_V2_BUCKET": influx.make_bucket(name),
        "SWARMSCOPE_BUCKET_LONG": influx.make_bucket(f"{name} long"),
    }
    fill(Settings.from_env(env))
    return Place(env)


@pytest.fixture
def of_server(store: Store) -> Place:
    fill(Settings.from_env(store.env))
    return Place(store.env)


@pytest.fixture
def of_file(tmp_path: Path) -> Place:
    with server_process.store_process(tmp_path) as url:
        fill(Settings(url=url))
    return Place({}, tmp_path)


@pytest.fixture(params=["of_server", "of_influxd", pytest.param("of_file", marks=pytest.mark.long)])
def place(request: pytest.FixtureRequest) -> Place:
    """Each kind of store in turn."""
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.mark.sample(2)
def test_a_run_leaves_both_buckets_and_others_stay(place: Place) -> None:
    raw, long = place.settings.bucket, place.settings.bucket_long
    done = place.delete("plain", "--yes")
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    assert done.stdout.splitlines() == [
        f"plain in {raw}: 2 series, 3 values.",
        f"plain in {long}: 2 series, 3 values.",
        "Freed: 4 series, 6 values.",
    ]
    assert (place.values("plain"), place.values(ODD)) == ((0, 0), (3, 3))

    again = place.delete("plain", "--yes")
    assert again.returncode == ExitCode.NO_DATA
    assert "nothing of plain in" in again.stderr

    odd = place.delete(ODD, "--yes")
    assert odd.returncode == ExitCode.FINE, odd.stderr
    assert place.values(ODD) == (0, 0)


@pytest.mark.release
@pytest.mark.long
def test_several_runs_go_together_or_not_at_all(place: Place) -> None:
    unknown = place.delete("plain", "nobody's", "--yes")
    assert unknown.returncode == ExitCode.NO_DATA
    assert "nothing of nobody's in" in unknown.stderr
    assert place.values("plain") == (3, 3)
    both = place.delete("plain", ODD, "--yes")
    assert both.stdout.splitlines()[-1] == "Freed: 8 series, 12 values."
    assert (place.values("plain"), place.values(ODD)) == ((0, 0), (0, 0))


@pytest.mark.long
def test_it_asks_first(of_file: Place) -> None:
    nobody = of_file.delete("plain")
    assert nobody.returncode == ExitCode.WRONG_USAGE
    assert "plain in loadtest: 2 series, 3 values." in nobody.stdout
    assert "Nothing was deleted. Add --yes" in nobody.stderr
    code, said = of_file.answered("n", "plain")
    assert (code, "Nothing was deleted." in said) == (ExitCode.WRONG_USAGE, True)
    assert of_file.values("plain") == (3, 3)
    code, said = of_file.answered("y", "plain")
    assert (code, "Freed: 4 series, 6 values." in said) == (ExitCode.FINE, True)
    assert of_file.values("plain") == (0, 0)


@pytest.mark.long
def test_a_run_that_goes_on_is_refused_without_force(of_server: Place) -> None:
    settings = of_server.settings
    write(settings, settings.bucket, "going", time.time_ns())
    begun = f'locust_run,run=going,worker=master,event=start,test=t message="x" {time.time_ns()}'
    server_process.write(settings.url, [begun])
    refused = of_server.delete("going", "plain", "--yes")
    assert refused.returncode == ExitCode.WRONG_USAGE
    assert "Still running: going. Nothing was deleted. Stop it first." in refused.stderr
    assert (of_server.values("going")[0], of_server.values("plain")) == (4, (3, 3))
    forced = of_server.delete("going", "--yes", "--force")
    assert forced.returncode == ExitCode.FINE
    assert of_server.values("going") == (0, 0)


@pytest.mark.long
def test_a_served_store_is_reached_by_its_folder_too(tmp_path: Path) -> None:
    with server_process.store_process(tmp_path) as url:
        fill(Settings(url=url))
        place = Place({}, tmp_path)
        assert place.delete("plain", "--yes").returncode == ExitCode.FINE
        assert place.values("plain") == (0, 0)


@pytest.mark.long
def test_minutes_that_outlived_their_seconds_can_be_deleted(of_influxd: Place) -> None:
    """InfluxDB drops the seconds of a run after 30 days by itself."""
    raw = Settings.from_env(of_influxd.env).bucket
    of_influxd.delete("plain", "--yes", SWARMSCOPE_BUCKET_LONG="")
    assert of_influxd.values("plain") == (0, 3)
    done = of_influxd.delete("plain", "--yes")
    assert (done.returncode, raw in done.stdout.splitlines()[0].split()) == (ExitCode.FINE, True)
    assert of_influxd.values("plain") == (0, 0)


@pytest.mark.long
def test_a_store_without_the_bucket_of_minutes_is_enough(of_influxd: Place) -> None:
    done = of_influxd.delete("plain", "--yes", SWARMSCOPE_BUCKET_LONG="nowhere")
    assert done.returncode == ExitCode.FINE, done.stderr
    assert done.stdout.splitlines()[-1] == "Freed: 2 series, 3 values."


@pytest.mark.long
def test_a_token_that_may_only_read_is_told(influx: Influx, of_influxd: Place) -> None:
    buckets = [of_influxd.settings.bucket, of_influxd.settings.bucket_long]
    reader = replace(
        of_influxd, env={**of_influxd.env, "INFLUXDB_V2_TOKEN": influx.token_for(read=buckets)}
    )
    done = reader.delete("plain", "--yes")
    assert done.returncode == ExitCode.WRONG_USAGE
    assert f"doesn't let this token delete in the bucket {buckets[0]} (403)" in done.stderr
    assert "Nothing of" in done.stderr
    assert of_influxd.values("plain") == (3, 3)


@pytest.mark.long
def test_a_store_that_does_not_answer_is_its_own_exit_code() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = swarmscope("delete", "plain", "--yes", "--url", url)
    assert done.returncode == ExitCode.STORE_UNREACHABLE


@pytest.mark.long
def test_points_at_both_ends_of_all_times_are_deleted_too(place: Place) -> None:
    """They were neither listed nor deleted, and took room of the series for ever."""
    settings = place.settings
    with (
        server_process.store_process(place.data) if place.data else nullcontext(settings.url) as url
    ):
        for end in (-(2**63) + 2, 2**63 - 2):
            write(replace(settings, url=url), settings.bucket, "plain", end)
    done = place.delete("plain", "--yes")
    assert done.returncode == 0, done.stderr
    assert place.values("plain") == (0, 0)
