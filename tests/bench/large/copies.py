"""Many runs: one that was played, written again and again as others that began later."""

from collections.abc import Iterator

from swarmscope import schema
from tests.bench.large.filling import STEP_S, in_batches
from tests.bench.played import Load, Master, Told, play
from tests.bench.recording import master_lines
from tests.fixtures.influxd import Influx

EVERY_S = 600
"""A run begins: a thousand are a week, which is what the board shows."""
ONE = Load(endpoints=5, workers=2, rate=10, seconds=60)


def run_name(number: int) -> str:
    """Return the id of one of the runs, as ids are."""
    return f"20261121-120000-{number:04x}"


class Template:
    """What one run wrote."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._lines: dict[str, list[tuple[str, int]]] = {}
        told: list[Told] = []
        played = list(play(load, list(range(load.workers)), STEP_S, told.append))
        for lines in (*played, Master(load).merge(told)):
            for bucket, some in lines.items():
                self._add(bucket, some)
        leading = master_lines(load.run, load.start, load.stop, load.workers, load.requests)
        self._add(schema.BUCKET, list(leading))

    def _add(self, bucket: str, lines: list[str]) -> None:
        split = (text.rpartition(" ") for text in lines)
        known = self._lines.setdefault(bucket, [])
        known += [(text, int(time_ns)) for text, _, time_ns in split]

    @property
    def buckets(self) -> list[str]:
        """Where it wrote."""
        return list(self._lines)

    def lines(self, bucket: str, run: str, later_s: int) -> Iterator[str]:
        """Yield its lines for *bucket* as those of *run*, which began so much later."""
        own, other = f",run={self._load.run},", f",run={run},"
        for text, time_ns in self._lines[bucket]:
            yield f"{_renamed(text, own, other)} {time_ns + later_s * 10**9}"


def _renamed(text: str, own: str, other: str) -> str:
    if own in text:
        return text.replace(own, other, 1)
    # The last of its tags.
    return text.replace(f"{own[:-1]} ", f"{other[:-1]} ", 1)


def fill(count: int, influx: Influx) -> None:
    """Write so many runs."""
    template = Template(ONE)
    for bucket in template.buckets:
        every = (
            text
            for number in range(count)
            for text in template.lines(bucket, run_name(number), number * EVERY_S)
        )
        in_batches(influx.write, bucket, every)
