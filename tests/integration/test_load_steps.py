"""What a load step is, in both dialects: of runs whose users are changed in different ways."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product, zip_longest

import pytest
from tests.fixtures.influxd import Influx
from tests.fixtures.stores import Unserved

from swarmscope import schema
from swarmscope.embedded.database import BUCKETS, Database
from swarmscope.runs.doubts import Peak, _peak
from swarmscope.runs.generators import Generator
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question, Table

T0 = 1_780_000_000
"""Start of each run, s since 1970."""
Change = tuple[float, int, float]
"""When, s after the start; how many users are wanted; how many are started a second, if not 0."""


@dataclass(frozen=True)
class Shape:
    """A run with one request in each of its seconds."""

    seconds: int
    changes: Sequence[Change]
    stop: float | None = None
    running: Callable[[int], int] = lambda _: 4
    """How many users there are in a second, until they leave."""
    stages: Sequence[str] = ()
    """What the load shape called each of the changes."""
    asks: bool = True
    """Whether they request anything."""

    def lines(self, run: str) -> list[str]:
        """Return what its master and its worker wrote."""
        written = [_event(run, "start", 0, "")]
        for (at, users, rate), stage in zip_longest(self.changes, self.stages):
            fields = f",user_count={users}i" + f",spawn_rate={rate}" * bool(rate)
            fields += f',stage="{stage}"' if stage is not None else ""
            written.append(_event(run, "step", at, fields))
        if self.stop is not None:
            written.append(_event(run, "stop", self.stop, ""))
        for second in range(self.seconds):
            tags, at = f"run={run},worker=worker-0,name=Aggregated", (T0 + second) * 10**9
            # The users leave in the last seconds before the stop is told of.
            gone = self.stop is not None and second + 3 > self.stop
            running = 0 if gone else self.running(second)
            written.append(
                f"locust_users,run={run},worker=worker-0,user_class=User count={running}i {at}"
            )
            if not self.asks:
                continue
            written += [
                f"locust_stats,{tags} count=1i,num_failures=0i,min_response_time=10,"
                f"max_response_time=10 {at}",
                f"locust_latency,{tags} 9.902=0i,10.1=1i {at}",
            ]
        return written


def _event(run: str, event: str, at: float, fields: str) -> str:
    moment = T0 * 10**9 + round(at * 10**9)
    return f'locust_run,run={run},worker=master,event={event} message="said"{fields} {moment}'


STEP, RAMP = "step", "ramp"
Told = tuple[str, float | None, float, float, int]
"""Kind, users, start, length, requests."""
SHAPES: dict[str, tuple[Shape, list[Told]]] = {
    "stairs": (
        Shape(90, [(0.5, 10, 10.0), (30.5, 20, 10.0), (60.5, 30, 10.0)], 90),
        [(STEP, 10, 0, 30.5, 31), (STEP, 20, 30.5, 30, 30), (STEP, 30, 60.5, 29.5, 29)],
    ),
    "a-slow-start": (
        Shape(180, [(0, 120, 1.0)], 180),
        [
            *((RAMP, None, begin, 30, 30) for begin in (0, 30, 60, 90)),
            (STEP, 120, 120, 60, 60),
        ],
    ),
    "a-user-each-second": (
        Shape(100, [(second, second + 1, 1.0) for second in range(40)], 100),
        # The last one is there a second after it was wanted.
        [(RAMP, None, 0, 40, 40), (STEP, 40, 40, 60, 60)],
    ),
    "up-and-down": (
        Shape(70, [(0, 5, 0), (20, 50, 3.0), (50, 5, 3.0)], 70),
        [
            (STEP, 5, 0, 20, 20),
            (RAMP, None, 20, 15, 15),
            (STEP, 50, 35, 15, 15),
            (RAMP, None, 50, 20, 20),
        ],
    ),
    "too-short-at-the-end": (
        Shape(69, [(0, 5, 0), (60, 50, 10.0)], 69),
        [(STEP, 5, 0, 69, 69)],
    ),
    "nobody-said-how-many": (Shape(300, []), [(STEP, None, 0, 300, 300)]),
    "never-the-same-for-long": (
        Shape(60, [(5 * i, 10 + i % 2, 0) for i in range(12)], 60),
        [(RAMP, None, 0, 30, 30), (RAMP, None, 30, 30, 30)],
    ),
    "hundreds-of-short-steps": (
        Shape(720, [(12 * i, 10 + i % 2, 0) for i in range(60)], 720),
        [(RAMP, None, 90 * i, 90, 90) for i in range(8)],
    ),
    # As a slow machine told it: a tick came a second early, and some ms more.
    "eleven-seconds-between-ticks": (
        Shape(48, [(0, 40, 40.0), (25.026, 120, 80.0), (36.025, 160, 40.0)], 48),
        [
            (STEP, 40, 0, 25.026, 26),
            (STEP, 120, 25.026, 10.999, 11),
            (STEP, 160, 36.025, 11.975, 11),
        ],
    ),
    "short": (Shape(9, [(0.5, 3, 3.0)], 9), [(STEP, 3, 0, 9, 9)]),
    "still-running": (Shape(40, [(0, 3, 0)]), [(STEP, 3, 0, 40, 40)]),
    "just-begun-the-next": (
        Shape(66, [(0, 5, 0), (60, 50, 20.0)]),
        [(STEP, 5, 0, 60, 60), (RAMP, None, 60, 6, 6)],
    ),
    "answers-after-the-stop": (Shape(40, [(0, 3, 0)], 38.5), [(STEP, 3, 0, 38.5, 40)]),
}


UNEVEN = "uneven"
LENGTHS = (11, 30, 17, 50, 12, 12, 12, 13, 25, 25, 24, 60, 10)
"""Of its steps, s: in turn shorter and longer, as long as each other, and one more at the end."""
LATE_S = 0.4
"""Each step is told of so long after a full second: its own seconds begin with the next one."""


def _bound(step: int) -> float:
    """Return how long every answer of the step takes, ms, in a bucket of its own."""
    return 10.0 * (step + 1)


def uneven() -> list[str]:
    """Return what two workers wrote of a run whose answers say in which step they were given."""
    begins = [sum(LENGTHS[:i]) for i in range(len(LENGTHS))]
    written = [_event(UNEVEN, "start", 0, "")]
    for step, (begin, seconds) in enumerate(zip(begins, LENGTHS, strict=True)):
        told = begin - 1 + LATE_S if step else 0
        written.append(_event(UNEVEN, "step", told, f",user_count={step + 1}i"))
        for worker, second in product((0, 1), range(begin, begin + seconds)):
            tags, at = f"run={UNEVEN},worker=worker-{worker}", (T0 + second) * 10**9
            ms, all_of = _bound(step), "name=Aggregated"
            written += [
                f"locust_users,{tags},user_class=User count={step + 1}i {at}",
                f"locust_stats,{tags},{all_of} count={worker + 2}i,num_failures={worker}i,"
                f"min_response_time={ms},max_response_time={ms} {at}",
                f"locust_latency,{tags},{all_of} {ms - 1}=0i,{ms}={worker + 2}i {at}",
            ]
    return [*written, _event(UNEVEN, "stop", sum(LENGTHS), "")]


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """All of the runs."""
    strained = Shape(30, [(0, 10, 2.5)], 30)
    shaped = [line for name, (shape, _) in SHAPES.items() for line in shape.lines(name)]
    shaped += [*Shape(30, [(0, 10, 2.5)], 30, asks=False).lines(SILENT), *_health(SILENT, FULL)]
    shaped += [line for name, (shape, _) in CROWDS.items() for line in shape.lines(name)]
    shaped += [line for name, (shape, *_) in PEAKS.items() for line in shape.lines(name)]
    shaped += [
        line for name, (shape, _) in STAGES.items() for line in shape.lines(f"staged-{name}")
    ]
    bore = [
        line
        for name, (told, _, joined) in STRAIN.items()
        for line in (
            *strained.lines(name),
            *_health(name, told),
            *(_event(name, "worker_join", at, "") for at in joined),
        )
    ]
    return [*shaped, *bore, *uneven()]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> Iterator[Unserved]:
    """An embedded store with all of the runs."""
    with Database(tmp_path_factory.mktemp("store"), BUCKETS) as database:
        database.write(schema.BUCKET, "\n".join(lines))
        yield Unserved(database)


@pytest.fixture(scope="module")
def flux(influx: Influx, lines: list[str]) -> Iterator[FluxReader]:
    """An InfluxDB with all of the runs."""
    bucket = influx.make_bucket("steps")
    influx.write(bucket, lines)
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket=bucket)
    with FluxReader(settings) as opened:
        yield opened


@pytest.fixture(params=["embedded", "flux"])
def reader(request: pytest.FixtureRequest) -> Unserved | FluxReader:
    """Each of the stores in turn: one suite for both dialects."""
    opened: Unserved | FluxReader = request.getfixturevalue(request.param)
    return opened


def told(table: Table) -> list[Told]:
    return [
        (
            row["kind"],
            row["wanted"],
            pytest.approx(row["start"] / 1_000 - T0, abs=1e-3),
            pytest.approx(row["seconds"]),
            row["requests"],
        )
        for row in table.records()
    ]


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", SHAPES)
def test_a_step_is_a_stretch_of_as_many_users_and_a_ramp_is_apart(
    reader: Unserved | FluxReader, name: str
) -> None:
    shape, steps = SHAPES[name]
    table = reader.ask(Question("load_steps", name))
    assert told(table) == steps
    assert sum(row["requests"] for row in table.records()) == shape.seconds
    # Those that are gone after the stop are not missing.
    assert {row["running"] for row in table.records()} == {4.0}


CROWDS: dict[str, tuple[Shape, list[tuple[float | None, float | None]]]] = {
    "started-by-and-by": (
        Shape(30, [(0, 40, 5.0)], 30, running=lambda second: min(40, 5 * second)),
        [(40, 40)],
    ),
    "stopped-before-the-end": (
        Shape(38, [(0, 40, 0), (30, 5, 5.0)], 38, running=lambda second: 40 if second < 30 else 5),
        [(40, 40)],
    ),
    "told-of-a-second-late": (
        Shape(40, [(0, 10, 0), (20, 5, 0)], 40, running=lambda second: 10 if second < 19 else 5),
        [(10, 10), (5, 5)],
    ),
    "half-of-them-missing": (
        # Of the seconds 10 to 27 in which nobody was to be started.
        Shape(30, [(0, 40, 5.0)], 30, running=lambda second: 40 if second < 19 else 20),
        [(40, 30)],
    ),
    "never-all-of-them": (
        Shape(4, [(0, 40, 40.0)], 4, running=lambda second: 20 * second),
        [(40, None)],
    ),
}
"""How many users were wanted and ran in each step."""


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("name", CROWDS)
def test_users_are_missing_only_where_nobody_is_being_started_or_stopped(
    reader: Unserved | FluxReader, name: str
) -> None:
    rows = list(reader.ask(Question("load_steps", name)).records())
    wanted, running = zip(*CROWDS[name][1], strict=True)
    assert tuple(row["wanted"] for row in rows) == wanted
    assert tuple(row["running"] for row in rows) == pytest.approx(running)


PEAKS = {
    "over-before-all-ran": (Shape(60, [(0, 1_000, 1.0)], 60, lambda s: s + 1), 1_000, 58),
    "a-short-peak": (
        Shape(
            3_600,
            [(0, 5, 0), (2_000, 200, 200.0), (2_004, 5, 200.0)],
            3_600,
            lambda s: 200 if 2_001 <= s < 2_004 else 5,
            asks=False,
        ),
        200,
        200,
    ),
}
"""The most users that were wanted, and that ran; those of the last seconds leave."""


@pytest.mark.parametrize("name", PEAKS)
def test_of_a_peak_that_no_step_is_of_it_is_known_how_many_ran(
    reader: Unserved | FluxReader, name: str
) -> None:
    _, wanted, ran = PEAKS[name]
    steps, events = (
        reader.ask(Question(asked, name)).records() for asked in ("load_steps", "run_events")
    )
    assert _peak(reader, name, steps, events) == Peak(wanted, ran)


WARM, STEADY, PEAK, DOWN = "warm up", "steady", "peak", "down"
NUMBERED = (f"1 of 3, {WARM}", f"2 of 3, {STEADY}", f"3 of 3, {PEAK}")
"""As `Stages` calls them."""
STAGES: dict[str, tuple[Shape, list[tuple[str, float | None, float, float]]]] = {
    "as-many-users-again": (
        Shape(80, [(1, 10, 10.0), (30, 10, 10.0), (60, 40, 30.0)], 80, stages=NUMBERED),
        [(WARM, 10, 0, 30), (STEADY, 10, 30, 30), (PEAK, 40, 60, 20)],
    ),
    "a-ramp-of-its-own": (
        Shape(80, [(0, 10, 0), (20, 40, 1.0), (50, 40, 0)], 80, stages=(WARM, PEAK, STEADY)),
        # Its users were there as it ended.
        [(WARM, 10, 0, 20), (PEAK, None, 20, 30), (STEADY, 40, 50, 30)],
    ),
    "too-short-at-the-end": (
        Shape(69, [(0, 5, 0), (60, 0, 1.0)], 69, stages=(STEADY, DOWN)),
        [(STEADY, 5, 0, 69)],
    ),
    "some-have-no-name": (
        Shape(60, [(0, 5, 0), (30, 50, 0)], 60, stages=("1 of 2", PEAK)),
        [("", 5, 0, 30), (PEAK, 50, 30, 30)],
    ),
    "not-ours": (
        Shape(60, [(0, 5, 0), (30, 50, 0)], 60, stages=("1 of 2 regions", "")),
        [("1 of 2 regions", 5, 0, 30), ("", 50, 30, 30)],
    ),
}
"""Of each step its stage, users, start and length."""


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_of_a_load_shape_is_a_step_of_that_name(
    reader: Unserved | FluxReader, name: str
) -> None:
    """Also with as many users as before: who names a warm-up wants its requests apart."""
    rows = reader.ask(Question("load_steps", f"staged-{name}")).records()
    found = [(r["stage"], r["wanted"], r["start"] / 1_000 - T0, r["seconds"]) for r in rows]
    assert found == [pytest.approx(row) for row in STAGES[name][1]]


def test_a_range_within_a_step_says_its_stage(reader: Unserved | FluxReader) -> None:
    start, stop = (T0 + 40) * 1_000, (T0 + 50) * 1_000
    table = reader.ask(Question("load_steps", "staged-as-many-users-again", start, stop))
    assert [row["stage"] for row in table.records()] == [STEADY]


STRAIN = {
    # CPU percent and loop lag, ms, by second: of 30 s at 10 users, the last of which start at 4 s;
    # and when another worker joined.
    "kept-up": ({}, "kept up", ()),
    "late-while-users-start": (dict.fromkeys((0, 1, 3, 5), (20.0, 400.0)), "late at spawn", ()),
    "late-once": ({20: (20.0, 400.0)}, "stalled", ()),
    "late-twice": (dict.fromkeys((12, 20), (20.0, 400.0)), "saturated", ()),
    "late-as-workers-join": (dict.fromkeys((10, 13, 14), (20.0, 400.0)), "late at spawn", (12, 13)),
    "late-after-a-worker-joined": (dict.fromkeys((14, 15), (20.0, 400.0)), "saturated", (12,)),
    "full-as-a-worker-joins": (dict.fromkeys((12, 13), (99.0, 400.0)), "saturated", (12,)),
    "full-while-users-start": (dict.fromkeys((0, 1), (99.0, 400.0)), "saturated", ()),
    "late-for-long": (dict.fromkeys(range(8), (20.0, 400.0)), "saturated", ()),
}
"""What a generator bore, and what is said of it."""


SILENT = "nobody-asks"
FULL = dict.fromkeys(range(30), (99.0, 400.0))


def _health(run: str, told: Mapping[int, tuple[float, float]]) -> list[str]:
    tags = f"run={run},worker=worker-0,host=gen"
    bore = {second: told.get(second, (20.0, 1.0)) for second in range(30)}
    return [
        f"locust_worker,{tags} cpu_percent={cpu},loop_lag_ms={lag} {(T0 + second) * 10**9}"
        for second, (cpu, lag) in bore.items()
    ]


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("name", STRAIN)
def test_a_step_says_whether_its_response_times_are_the_generator_s_own(
    reader: Unserved | FluxReader, name: str
) -> None:
    ((*_, generators),) = reader.ask(Question("load_steps", name)).rows
    told, right, joined = STRAIN[name]
    assert generators == right
    # Users are started for 4 s, and Locust's loop may be late for two more, or about a join.
    excused = sum(
        cpu <= schema.GENERATOR_CPU_LIMIT and (s < 6 or any(-2 <= s - at < 2 for at in joined))
        for s, (cpu, _) in told.items()
    )
    its_run = Generator("worker-0", len(told), 30, spawning=excused).strain
    # A run as a whole is spoiled by it as little; a step says where to look.
    assert its_run == ("kept up" if right == "late at spawn" else right)


def test_of_a_step_without_a_request_no_response_time_is_the_generator_s_own(
    reader: Unserved | FluxReader,
) -> None:
    """Users' own code that lets out exceptions in a loop fills a processor, and tests nothing."""
    (row,) = reader.ask(Question("load_steps", SILENT)).records()
    assert (row["requests"], row["p99"], row["generators"]) == (0, None, "no requests")


def test_a_step_is_of_exactly_its_seconds(reader: Unserved | FluxReader) -> None:
    """Whatever is read together: a second of a neighbour would be the longest or the shortest."""
    rows = list(reader.ask(Question("load_steps", UNEVEN)).records())
    assert [row["requests"] for row in rows] == [5 * seconds for seconds in LENGTHS]
    assert [row["failures"] for row in rows] == list(LENGTHS)
    assert [row["running"] for row in rows] == [2 * (i + 1) for i in range(len(LENGTHS))]
    for quantile in ("p50", "p95", "p99", "max"):
        assert [row[quantile] for row in rows] == [_bound(i) for i in range(len(LENGTHS))]


def test_a_range_cuts_the_steps_at_its_borders(reader: Unserved | FluxReader) -> None:
    """Which step it is that the range begins in was said before it."""
    start, stop = (T0 + 40) * 1_000, (T0 + 70) * 1_000
    table = reader.ask(Question("load_steps", "stairs", start, stop))
    assert told(table) == [(STEP, 20, 40, 20.5, 21), (STEP, 30, 60.5, 9.5, 9)]


@pytest.mark.long
def test_no_run_has_more_steps_than_a_table_can_show(reader: Unserved | FluxReader) -> None:
    for name in SHAPES:
        rows = reader.ask(Question("load_steps", name)).rows
        assert len(rows) <= 2 * schema.MAX_STEPS + schema.RAMP_PIECES
