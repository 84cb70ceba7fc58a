"""The encoder under bad input, in short; `python -m tests.fuzz` is the long version."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from swarmscope.embedded.database import Database
from swarmscope.embedded.parser import parse
from swarmscope.recording.points import Encoder, requests_of
from swarmscope.recording.window import Recorder
from tests.fixtures import influxd
from tests.fixtures.tallied import tallies_of
from tests.fuzz.cases import NUMBERS, SPECIAL, Case, random_case, random_text
from tests.fuzz.stores import Embedded, Parser, Real, Store, check

BATCH = 2_000
T0 = 1_780_000_000_000_000_000

texts = (
    st.text()
    | st.text(alphabet=SPECIAL + "ab\\", max_size=30)
    | st.text(alphabet=st.characters(), max_size=10)
)
whole = st.integers() | st.sampled_from([int(n) for n in NUMBERS])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(texts.filter(lambda k: k not in ("time", "_field", "_measurement")), texts),
    texts,
    st.floats(allow_nan=False, allow_infinity=False),
    whole,
    st.booleans(),
)
@example({"a": "1", "a\\": "2"}, "", -0.0, 2**63, True)
@example({"a\n": "\\", "a␊": "x"}, "\\", 5e-324, -(2**63), False)
def test_every_point_reads_back_as_what_went_in(
    tags: dict[str, str], text: str, number: float, whole: int, flag: bool
) -> None:
    check(Parser(), [Case(tags, text, number, whole, flag, T0)])


@pytest.fixture(params=["embedded", "influxd"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "embedded":
        with Database(tmp_path) as database:
            yield Embedded(database)
    elif not shutil.which("influxd"):
        pytest.skip(influxd.MISSING)
    else:
        with influxd.running(tmp_path) as server:
            yield Real(server)


@pytest.mark.release
@pytest.mark.long
def test_thousands_of_bad_points_in_one_body_are_stored_as_they_were(any_store: Store) -> None:
    rnd = random.Random(8731)
    check(any_store, [random_case(rnd, T0 + i) for i in range(BATCH)])


odd: st.SearchStrategy[Any] = (
    st.none() | texts | st.floats() | st.integers() | st.sampled_from([*NUMBERS, 10**400, b"x"])
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(odd, odd, odd, odd, odd), min_size=1, max_size=20), texts)
@example([(None, "a", 1.0, 10**400, None), (None, "a", 10**400, None, ValueError)], "x")
@example([("GET", "a", 1e308, -(10**30), None), ("GET", "a", 1e308, 2**70, "bad")], "x")
def test_every_request_that_locust_may_tell_of_is_counted_in_lines_that_can_be_read(
    requests: list[tuple[Any, ...]], tag: str
) -> None:
    complaints: list[str] = []
    recorder = Recorder(max_names=15, warn=complaints.append, clock=lambda: 5.0)
    for method, name, ms, length, error in requests:
        recorder.record(
            request_type=method, name=name, response_time=ms, response_length=length,
            exception=error, response=None, context={},
        )  # fmt: skip
    recorder.close()
    encoder = Encoder({"run": tag, "worker": "w", f"own{tag}": tag, "own": "x"})
    lines: list[str] = []
    for window in recorder.take():
        tallies = tallies_of({raw.key: raw.fold() for raw in window.endpoints})
        lines += [*encoder.stats(tallies, window.start, 1, 1), *encoder.totals(tallies, 1.0, T0)]
        lines += encoder.stats(tallies, window.start, 60, 1)
        lines += encoder.latencies(tallies.items(), window.start)
        lines += encoder.latencies(tallies.items(), window.start, coarse=True)
        failures = encoder.failures(window.failures, window.start)
        lines += failures
        failed = sum(bool(r[4]) for r in requests)
        counts = [p.fields["count"] for p in parse("\n".join(failures), "ns", 0)]
        assert sum(int(c) for c in counts) == failed
    assert len(parse("\n".join(lines), "ns", 0)) == len(lines)
    # The same requests as seconds and as minutes.
    assert sum(map(requests_of, lines)) == 2 * len(requests)
    assert all("counted together" in complaint for complaint in complaints)


def test_a_text_chosen_to_hurt_is_no_reason_to_fail_for_the_helpers_of_names() -> None:
    from swarmscope.recording.failures import reason_of  # noqa: PLC0415
    from swarmscope.recording.naming import template  # noqa: PLC0415
    from swarmscope.redaction import redact  # noqa: PLC0415

    rnd = random.Random(1)
    for _ in range(2_000):
        text = random_text(rnd)
        assert template(template("/" + text[:1_000])) == template("/" + text[:1_000])
        assert len(reason_of(text)) <= 120
        assert redact(redact(text)) == redact(text)
