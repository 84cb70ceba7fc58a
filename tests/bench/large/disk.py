"""What a worker leaves in an InfluxDB: bytes of its disk, series, and the keys of its values."""

from pathlib import Path
from tempfile import TemporaryDirectory

from swarmscope import schema
from tests.bench.large.capacity import HOUR, RATE
from tests.bench.large.figures import Figures
from tests.bench.large.filled import await_still, disk_size, running
from tests.bench.large.filling import STEP_S, in_batches
from tests.bench.large.live import ENDPOINTS
from tests.bench.large.timing import say
from tests.bench.played import Load, play
from tests.fixtures import influxd

MANY = 500
"""Workers whose series are told."""
_SOON = ("--storage-cache-snapshot-write-cold-duration=1s",)
"""What nobody has written to for so long goes from the log to where it stays."""
_AT_ONCE = (*_SOON, "--storage-compact-full-write-cold-duration=1s")
"""And is put together for good, which takes four hours otherwise."""


def measure(workers: int, seconds: int) -> Figures:
    """Return what *workers* leave, for an hour of one; they are played for so many *seconds*."""
    load = Load(ENDPOINTS, workers, RATE, seconds)
    hours = workers * seconds / HOUR
    keys = Keys()
    with TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder, _SOON) as (url, process):
            influx = influxd.set_up(url)
            for bucket in (schema.BUCKET, schema.BUCKET_LONG):
                influx.make_bucket(bucket)
            say(f"{workers} workers for {seconds} s …")
            for lines in play(load, list(range(workers)), STEP_S):
                for bucket, some in lines.items():
                    keys.add(bucket, some)
                    in_batches(influx.write, bucket, some)
            await_still(process.pid)
        written = disk_size(folder)
        with running(folder, _AT_ONCE) as (_, process):
            await_still(process.pid)
        compacted = disk_size(folder)
    return {
        "megabytes_a_worker_hour": round(written / 1e6 / hours, 1),
        "megabytes_a_worker_hour_compacted": round(compacted / 1e6 / hours, 1),
        "series_of_500_workers": round(keys.series * MANY / workers),
        "keys_of_a_worker": round(keys.fields / workers),
        "points_a_worker_second": round(keys.points / workers / seconds, 1),
        "fields_a_worker_second": round(keys.values / workers / seconds, 1),
    }


class Keys:
    """Counts what lines are stored under."""

    def __init__(self) -> None:
        self.points = 0
        self.values = 0
        self._fields: dict[tuple[str, str], set[str]] = {}

    def add(self, bucket: str, lines: list[str]) -> None:
        """Count *lines* for *bucket*, whose tags and numbers have no spaces."""
        for text in lines:
            series, _, rest = text.partition(" ")
            names = [pair.partition("=")[0] for pair in _pairs(rest.rpartition(" ")[0])]
            self.points += 1
            self.values += len(names)
            self._fields.setdefault((bucket, series), set()).update(names)

    @property
    def series(self) -> int:
        """How many there are."""
        return len(self._fields)

    @property
    def fields(self) -> int:
        """Fields of all series: InfluxDB keeps a column of values for each."""
        return sum(map(len, self._fields.values()))


def _pairs(fields: str) -> list[str]:
    """Return *fields* apart; commas within texts are none between fields."""
    if '"' not in fields:
        return fields.split(",")
    outside = fields.split('"')[::2]
    return '""'.join(outside).split(",")
