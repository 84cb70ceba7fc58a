"""Thresholds of a run that has many endpoints: what `swarmscope check` reads of it."""

from collections.abc import Mapping

from swarmscope.errors import StoreUnreachableError
from swarmscope.gate.judgement import _Sources
from swarmscope.gate.thresholds_file import given
from swarmscope.runs.arrivals import Arrivals
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Reader
from tests.bench.asked_boards import Timed, TooSlowError
from tests.bench.large.figures import Figures
from tests.bench.large.timing import told
from tests.bench.played import Load
from tests.fixtures.influxd import Influx

SENTENCES: Mapping[str, str] = {
    "failure_rate": "failure_rate < 50%",
    "p95": "p95 < 9s",
    "p95_within": "p95 < 9s within 1m",
    "p95_of_one_within": 'p95 of "/endpoint/1" < 9s within 1m',
    "p95_of_each": "p95 < 9s of each endpoint",
    "p95_of_each_within": "p95 < 9s of each endpoint within 1m",
}
"""By a name for each: those that read most come last."""


def measure(influx: Influx, pid: int, load: Load) -> Figures:
    """Return how long each takes of *load*; *pid* is the process of *influx*."""
    settings = Settings(url=influx.url, token=influx.token, org=influx.org)
    figures: Figures = {}
    with FluxReader(settings) as reader:
        for name, sentence in SENTENCES.items():
            took = told(f"threshold: {sentence}", _holding(reader, load, sentence), pid)
            figures |= {f"threshold.{name}_s": took.waited, f"threshold.{name}_cpu_s": took.cpu}
    return figures


def _holding(reader: Reader, load: Load, sentence: str) -> Timed:
    wanted = given([sentence], [])

    def hold() -> None:
        sources = _Sources(reader, load.run, load.start * 1_000, Arrivals(), wanted)
        try:
            found = list(sources.results(wanted.rules[0]))
        except StoreUnreachableError as error:
            raise TooSlowError from error
        assert all(one.why or one.value is not None for one in found), found

    return hold
