"""Runs whose workers tell a judge of their requests each second."""

from collections.abc import Iterable, Sequence

from tests.unit.gate import requests as single
from tests.unit.gate.requests import BEGAN, One

from swarmscope.gate.course import Stage
from swarmscope.gate.live import Live, is_wanted
from swarmscope.gate.running import Running
from swarmscope.gate.sentences import read
from swarmscope.gate.thresholds_file import Rule, Severity, Thresholds
from swarmscope.recording.reports import Collector, Report
from swarmscope.runs.arrivals import NONE_DUE

SPAN, SECONDS = 5, 40
STOP = BEGAN + SECONDS
STAGES = (
    Stage(1, "warm", BEGAN, BEGAN + 15),
    Stage(2, "", BEGAN + 15, BEGAN + 30),
    Stage(3, "warm", BEGAN + 30, STOP),
)
SENTENCES = (
    *("p50 < 500ms", "max < 1s", "failures < 5", "failure_rate < 40%", "requests > 100"),
    *("99% under 800ms", "apdex(200ms) > 0.5", "requests_per_second >= 2/s"),
    *("max < 2s of each endpoint", 'failures < 3 of GET glob "/b*"', 'avg of "/nowhere" < 1s'),
    *("failures < 4 within 10s", "requests_per_second > 1/s for 3s", "max < 4s over 7s"),
    *('max of "/a" < 1s for 15s', "failures of each endpoint < 1 for 10s"),
    *("requests of each endpoint > 0 for 10s", 'p50 of glob "/b*" > 1s for 20s'),
    *("failure_rate < 50% of each endpoint within 10s", "requests > 5 in the last 10s"),
    *('requests > 3 in stage "warm"', "failures < 2 in stage 2 within 5s"),
    *('max < 2s in stage "warm" for 3s', 'failures < 3 of "/a" in the last 7s'),
    *("p95 < 2s within 5s", 'p90 of "/a" <= 3s for 10s', "p99 < 4s in stage 2", "p99 < 4s"),
    *('requests of "/a" > 2 within 11s', 'requests_per_second of "/b" > 0.1/s within 5s'),
)


def rules(*sentences: str, abort: bool = False, delay: int = 0) -> Thresholds:
    each = (read(one) for one in sentences)
    return Thresholds(tuple(Rule(one, Severity.FAIL, str(one), abort, delay) for one in each))


def live(wanted: Thresholds, workers: Iterable[str] = ("a",)) -> Live:
    running = Running(BEGAN, 1, SPAN, lambda key: is_wanted(wanted, key), wanted.warm_up)
    running.expect(list(workers))
    return Live(wanted, running)


class Teller:
    """A worker that tells of its requests each second."""

    def __init__(self, name: str, requests: Sequence[One]) -> None:
        self.name, self._requests = name, requests
        self._collector = Collector(SPAN)
        self._collector.pace = 1

    def tell(self, second: int, *, final: bool = False) -> list[Report]:
        """Return its report of *second* of the run; of endpoints at the end of a span."""
        own = [one for one in self._requests if one.second == second]
        course = single.course(own, span=SPAN)
        for window in course.together:
            self._collector.window(window.start, window.tally)
        for key, windows in course.endpoints.items():
            for window in windows:
                self._collector.span(window.start, {key: window.tally})
        self._collector.closed(BEGAN + second + 1)
        return list(self._collector.take("r", final=final))


def play(found: Live, requests: Sequence[One], workers: int = 2, *, seconds: int = SECONDS) -> None:
    """Let *workers* tell of *requests*, and look each second."""
    tellers = [Teller(f"w{n}", requests[n::workers]) for n in range(workers)]
    found.running.expect([one.name for one in tellers])
    for second in range(seconds):
        for teller in tellers:
            for report in teller.tell(second, final=second == seconds - 1):
                found.running.hear(teller.name, report)
        for _ in found.look(BEGAN + second + 1, NONE_DUE, STAGES):
            pass
