"""`swarmscope export`: the files hold what was recorded, and lie where they should."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest
from tests.fixtures import encoded, recorded
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.server_process import store_process, swarmscope, write

from swarmscope.errors import ConfigurationError, ExitCode, NoDataError
from swarmscope.runs.export import Format, export, safe_name
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Reader

HOSTILE = "../../up/and\\away 'x'"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that holds the recorded runs, and one whose name is a way out."""
    with store_process(tmp_path_factory.mktemp("store")) as url:
        write(url, encoded.lines())
        write(url, run_lines(HOSTILE, recorded.T0, [Told()]))
        yield url


@pytest.fixture(scope="module")
def flux(influx: Influx) -> Iterator[FluxReader]:
    """An InfluxDB that holds the recorded runs."""
    influx.make_bucket("exported")
    influx.write("exported", encoded.lines())
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket="exported")
    with FluxReader(settings) as reader:
        yield reader


@pytest.fixture(scope="module", params=["embedded", "influxdb"])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Each of the stores in turn."""
    if request.param == "embedded":
        return HttpReader(request.getfixturevalue("url"))
    opened: FluxReader = request.getfixturevalue("flux")
    return opened


class Exported:
    """The recorded run as files of each kind, written when first asked for."""

    def __init__(self, reader: Reader, out: Path) -> None:
        self._reader = reader
        self._out = out
        self._written: dict[Format, Mapping[Path, int]] = {}

    def files(self, kind: Format) -> Mapping[Path, int]:
        if kind not in self._written:
            out = self._out / kind
            self._written[kind] = export(self._reader, recorded.RUN, kind, out).rows
        return self._written[kind]

    def file(self, measurement: str, kind: Format = Format.PARQUET) -> Path:
        self.files(kind)
        return self._out / kind / recorded.RUN / f"{measurement}.{kind}"


@pytest.fixture(scope="module")
def exported(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The recorded run, exported from each of the stores."""
    return Exported(reader, tmp_path_factory.mktemp("exported"))


@pytest.mark.long_sample(2)
@pytest.mark.sample(6)
@pytest.mark.parametrize("kind", Format)
def test_files_hold_every_request(exported: Exported, kind: Format) -> None:
    written = exported.files(kind)
    stats = exported.file("locust_stats", kind)
    found = duckdb.execute(
        f"SELECT name, coalesce(method, ''), sum(count)::INT, sum(num_failures)::INT "
        f"FROM '{stats}' WHERE name <> 'Aggregated' GROUP BY ALL"
    ).fetchall()
    counts = Counter(r.endpoint for r in recorded.of_run())
    failures = Counter(r.endpoint for r in recorded.of_run() if r.failure)
    assert sorted(found) == sorted((*key, counts[key], failures[key]) for key in counts)
    assert {path.name for path in written} == {
        f"{measurement}.{kind}" for measurement in {line.split(",")[0] for line in encoded.lines()}
    }
    assert {path: len(duckdb.execute(f"FROM '{path}'").fetchall()) for path in written} == written


@pytest.mark.long
def test_histograms_are_rows_of_bounds(exported: Exported) -> None:
    path = exported.file("locust_latency")
    timed = sum(r.time_ms is not None for r in recorded.of_run())
    assert duckdb.execute(
        f"SELECT sum(count)::INT, typeof(any_value(bound)) FROM '{path}' WHERE name = 'Aggregated'"
    ).fetchall() == [(timed, "DOUBLE")]


@pytest.mark.long
def test_types_and_nanoseconds_survive(exported: Exported) -> None:
    types = duckdb.execute(
        "SELECT typeof(any_value(time)), typeof(any_value(final)), typeof(any_value(rss_bytes)), "
        f"typeof(any_value(cpu_percent)) FROM '{exported.file('locust_worker')}'"
    ).fetchall()
    assert types == [("TIMESTAMP_NS", "BOOLEAN", "BIGINT", "DOUBLE")]
    # One host's counters reset; they are written as they were.
    total = sum(s.counters["net", "lo", "bytes_sent"] for s in recorded.HOST_SAMPLES)
    net = exported.file("net")
    assert duckdb.execute(
        f"SELECT sum(bytes_sent)::BIGINT FROM '{net}' WHERE interface = 'lo'"
    ).fetchall() == [(total,)]


def test_other_run_of_the_same_time_is_left_out(exported: Exported) -> None:
    text = "".join(path.read_text() for path in exported.files(Format.CSV))
    assert "another run" not in text


def test_run_id_is_no_way_out_of_the_folder(url: str, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    written = export(HttpReader(url), HOSTILE, Format.CSV, out).rows
    assert written
    assert all(path.resolve().is_relative_to(out.resolve()) for path in written)
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


@pytest.mark.parametrize("text", ["..", ".", "", "a/b", "/etc", "a\\b", "a\nb", "x" * 500, "ü"])
def test_names_of_files_are_plain(text: str) -> None:
    name = safe_name(text)
    assert Path(name).name == name
    assert name not in (".", "..", "")
    assert len(name) < 120


def test_different_ids_never_share_a_folder() -> None:
    texts = ["a/b", "a_b", "a b", "a?b", "..a", ".a", "a"]
    assert len({safe_name(text) for text in texts}) == len(texts)


def test_absent_run_leaves_nothing_behind(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(NoDataError):
        export(reader, "no-such-run", Format.CSV, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_a_file_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ConfigurationError, match="--out"):
        export(HttpReader(url), recorded.RUN, Format.CSV, tmp_path / "out")


@pytest.mark.long
def test_command_names_each_file(url: str, tmp_path: Path) -> None:
    done = swarmscope("export", recorded.RUN, "--url", url, "--format", "jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    assert f"results/{recorded.RUN}/locust_run.jsonl: {len(recorded.EVENTS)} rows" in done.stdout


def test_whole_numbers_are_exact_however_large(
    reader: Reader, url: str, influx: Influx, tmp_path: Path
) -> None:
    """A float holds none past 2^53, and none at all is 2^63 - 1."""
    largest = (
        f"m,run=large a={2**63 - 1}i,b={-(2**63)}i,c={2**53 + 1}i,d=-5i {recorded.T0}000000000"
    )
    put(
        reader,
        url,
        influx,
        [largest, f"locust_run,run=large,event=start v=1i {recorded.T0}000000000"],
    )
    for kind in Format:
        written = export(reader, "large", kind, tmp_path / kind)
        assert not written.changed
        (path,) = (path for path in written.rows if path.stem == "m")
        found = duckdb.execute(f"SELECT a, b, c, d FROM '{path}'").fetchall()
        assert found == [(2**63 - 1, -(2**63), 2**53 + 1, -5)]


def test_a_point_of_another_age_doesnt_keep_a_run_from_being_exported(
    reader: Reader, url: str, influx: Influx, tmp_path: Path
) -> None:
    """A clock began in 1970, or a stranger wrote it: there are millions of minutes between."""
    times = (5 * 10**9, recorded.T0 * 10**9, (recorded.T0 + 200) * 10**9)
    put(
        reader, url, influx, [f"locust_users,run=old,user_class=x user_count=1i {t}" for t in times]
    )
    written = export(reader, "old", Format.CSV, tmp_path)
    (path,) = (path for path in written.rows if path.stem == "locust_users")
    found = duckdb.execute(f"SELECT epoch_ns(time) FROM '{path}' ORDER BY 1").fetchall()
    assert found == [(time,) for time in times]


def test_a_histogram_of_a_stranger_doesnt_keep_a_run_from_being_exported(
    reader: Reader, url: str, influx: Influx, tmp_path: Path
) -> None:
    at = recorded.T0 * 10**9
    line = f"locust_latency,run=odd,name=a,worker=w x=1i,1.02=7i,2=1.5 {at}"
    put(reader, url, influx, [line, f"locust_run,run=odd,event=start v=1i {at}"])
    written = export(reader, "odd", Format.PARQUET, tmp_path)
    (path,) = (path for path in written.rows if path.stem == "locust_latency")
    found = duckdb.execute(f"SELECT bound, count FROM '{path}' ORDER BY bound").fetchall()
    assert found == [(1.02, 7), (2.0, 2), (None, 1)]


def put(reader: Reader, url: str, influx: Influx, lines: list[str]) -> None:
    """Write *lines* to the store that *reader* reads."""
    if isinstance(reader, FluxReader):
        influx.write("exported", lines)
    else:
        write(url, lines)
