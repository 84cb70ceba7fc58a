"""Points: exactly the fields and tags of the data dictionary."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.tallied import tallies_of

from swarmscope import schema
from swarmscope.recording.endpoint import endpoint_key
from swarmscope.recording.failures import Failure
from swarmscope.recording.points import Encoder, requests_of
from swarmscope.recording.tallies import Tallies
from swarmscope.recording.tally import Raw, Tally
from swarmscope.recording.user_errors import UserError

SECOND = 1_700_000_000
NS = SECOND * 1_000_000_000


@pytest.fixture
def encoder() -> Encoder:
    return Encoder({"run": "r 1", "worker": "worker-0", "env": "staging"})


def of_a(tally: Tally) -> Tallies:
    return tallies_of({("/a", "GET"): tally})


def tally(*times: float, failures: int = 0) -> Tally:
    made = Tally()
    made.count, made.timed, made.failures = len(times), len(times), failures
    made.total, made.min, made.max = sum(times), min(times), max(times)
    made.length = 100 * len(times)
    for ms in times:
        made.histogram[round(ms)] += 1
    return made


def fields_of(line: str) -> dict[str, str]:
    body = line.replace("\\ ", "_").split(" ")[1]
    return dict(pair.split("=", 1) for pair in body.split(","))


def test_a_window_is_a_point_for_each_endpoint_and_for_all(encoder: Encoder):
    lines = list(encoder.stats(of_a(tally(1.0, 3.0, failures=1)), SECOND, 1, users=5))
    assert len(lines) == 2
    assert lines[0] == (
        "locust_stats,env=staging,method=GET,name=/a,run=r\\ 1,worker=worker-0 "
        "count=2i,num_failures=1i,avg_response_time=2.0,min_response_time=1.0,"
        "max_response_time=3.0,total_response_time=4.0,avg_content_length=100.0,total_content_length=200i,current_rps=2.0,"
        f"current_fail_per_sec=1.0,current_user_count=5i {NS}"
    )
    assert lines[1].startswith("locust_stats,env=staging,name=Aggregated,run=")


def test_the_fields_are_those_of_the_schema_with_their_types(encoder: Encoder):
    kinds = {schema.FieldType.INTEGER: int, schema.FieldType.FLOAT: float}
    some_untimed = tally(1.0)
    some_untimed.count += 2
    (line, *_) = encoder.stats(of_a(some_untimed), SECOND, 1, users=1)
    for name, value in fields_of(line).items():
        kind = kinds[schema.LOCUST_STATS.fields[name][0]]
        assert value.endswith("i") == (kind is int), name
    assert fields_of(line).keys() == schema.LOCUST_STATS.fields.keys()


def test_without_a_response_time_there_are_no_response_time_fields(encoder: Encoder):
    untimed = Tally()
    untimed.count = 3
    lines = list(encoder.stats(of_a(untimed), SECOND, 1, users=1))
    assert len(lines) == 2
    assert all(fields_of(line)["untimed"] == "3i" for line in lines)
    assert not list(encoder.latencies(of_a(untimed).items(), SECOND))
    assert all("response_time" not in line for line in lines)


TIMES = st.lists(st.floats(1e-6, 1e7), min_size=1, max_size=9)


@given(st.lists(TIMES, min_size=1, max_size=30))
def test_times_of_few_binary_digits_stay_right_to_the_microsecond_however_many_are_added(
    windows: list[list[float]],
) -> None:
    encoder = Encoder({"run": "r"})
    written = []
    for times in windows:
        one = Raw(("/a", "GET"), times, [1] * len(times), 0).fold()
        point = fields_of(next(encoder.stats(of_a(one), SECOND, 1, users=1)))
        written.append({name: float(text.rstrip("i")) for name, text in point.items()})
        for name, exact in (
            ("min_response_time", min(times)),
            ("max_response_time", max(times)),
            ("avg_response_time", sum(times) / len(times)),
        ):
            assert written[-1][name] == pytest.approx(exact, rel=1e-12, abs=0.0005)
            assert written[-1][name] * 1_024 % 1 == 0
    each = [ms for times in windows for ms in times]
    mean = math.fsum(point["total_response_time"] for point in written) / len(each)
    assert mean == pytest.approx(math.fsum(each) / len(each), rel=1e-12, abs=0.0005)


@pytest.mark.parametrize("huge", [1e12, 2.0**60, 1e18, 1e308])
def test_a_time_past_all_fractions_is_written_as_it_is(encoder: Encoder, huge: float):
    (line, *_) = encoder.stats(of_a(tally(huge)), SECOND, 1, users=1)
    assert fields_of(line)["total_response_time"] == repr(huge)


def test_rates_are_per_second_whatever_the_window(encoder: Encoder):
    (line, *_) = encoder.stats(of_a(tally(*[1.0] * 120)), SECOND, 60, users=1)
    assert fields_of(line)["current_rps"] == "2.0"


def test_totals_have_the_rates_of_the_whole_run(encoder: Encoder):
    lines = list(encoder.totals(of_a(tally(*[1.0] * 30, failures=6)), 12, NS))
    assert [line.split(",")[0] for line in lines] == ["locust_entry_point_stats"] * 2
    assert all(line.endswith(f" {NS}") for line in lines)
    for line in lines:
        fields = fields_of(line)
        assert (fields["current_rps"], fields["current_fail_per_sec"]) == ("2.5", "0.5")


def test_a_run_that_has_lasted_no_time_has_no_rate(encoder: Encoder):
    line, _ = encoder.totals(of_a(tally(1.0, failures=1)), 0, NS)
    fields = fields_of(line)
    assert (fields["current_rps"], fields["current_fail_per_sec"]) == ("0.0", "0.0")


def test_a_histogram_has_two_percent_buckets_and_an_empty_one_below(encoder: Encoder):
    latency, together = encoder.latencies(of_a(tally(1.0, 2.0)).items(), SECOND)
    assert latency.startswith("locust_latency,env=staging,method=GET,name=/a,run=")
    assert together.startswith("locust_latency,env=staging,name=Aggregated,run=")
    assert latency.endswith(f" {NS}")
    assert fields_of(latency) == {"1.000": "0i", "1.020": "1i", "1.040": "1i"}


def test_a_coarse_one_has_four_percent_buckets(encoder: Encoder):
    latency, _ = encoder.latencies(of_a(tally(1.0, 2.0)).items(), SECOND, coarse=True)
    assert fields_of(latency) == {"1.000": "0i", "1.040": "2i"}


def test_failures_carry_what_tells_them_apart_and_one_message(encoder: Encoder):
    failure = Failure("/a", "GET", "HTTPError", "503", "busy")
    (line,) = encoder.failures({failure: (4, 'say "hi"\\')}, SECOND)
    assert line == (
        "locust_exception_stats,env=staging,exception=HTTPError,method=GET,name=/a,reason=busy,"
        'run=r\\ 1,status=503,worker=worker-0 count=4i,message="say \\"hi\\"\\\\" ' + str(NS)
    )


def answered(key: tuple[str, str], codes: dict[int, int]) -> Raw:
    return Raw(key, [1.0] * sum(codes.values()), [], 0, codes)


def test_answers_are_a_point_for_each_endpoint_and_status(encoder: Encoder):
    endpoints = [answered(("/a", "GET"), {200: 3, 404: 1}), answered(("ws", ""), {0: 2})]
    common = "run=r\\ 1"
    assert list(encoder.statuses(endpoints, SECOND)) == [
        f"locust_status,env=staging,method=GET,name=/a,{common},status=200,worker=worker-0 "
        f"count=3i {NS}",
        f"locust_status,env=staging,method=GET,name=/a,{common},status=404,worker=worker-0 "
        f"count=1i {NS}",
        f"locust_status,env=staging,name=ws,{common},status=none,worker=worker-0 count=2i {NS}",
    ]


def test_more_statuses_than_a_run_has_room_for_are_one_point_together(
    encoder: Encoder, caplog: pytest.LogCaptureFixture
):
    codes = dict.fromkeys(range(200, 200 + schema.MAX_STATUSES + 5), 2) | {0: 1}
    for _ in range(2):
        lines = list(encoder.statuses([answered(("/a", "GET"), codes)], SECOND))
        assert len(lines) == schema.MAX_STATUSES + 2
        (folded,) = (line for line in lines if f"status={schema.FOLDED}," in line)
        assert " count=10i " in folded
        assert sum("status=none," in line for line in lines) == 1
    assert caplog.text.count("HTTP statuses in one run") == 1


def test_more_endpoints_times_statuses_than_there_is_room_for_are_folded_each(encoder: Encoder):
    endpoints = [
        answered((f"/{i}", "GET"), dict.fromkeys(range(200, 250), 1))
        for i in range(schema.MAX_STATUS_KINDS // 50 + 2)
    ]
    lines = list(encoder.statuses(endpoints, SECOND))
    assert len(lines) == schema.MAX_STATUS_KINDS + 2
    assert sum(" count=50i " in line for line in lines) == 2


def test_any_point_has_the_common_tags_and_its_own(encoder: Encoder):
    assert encoder.point("locust_run", {"event": "start"}, {"user_count": 3}, NS) == (
        f"locust_run,env=staging,event=start,run=r\\ 1,worker=worker-0 user_count=3i {NS}"
    )


def test_exceptions_in_users_code_carry_their_place_and_one_traceback(encoder: Encoder):
    error = UserError("Shopper", "KeyError", "shop.py:7 buy")
    (line,) = encoder.user_errors({error: (3, "Traceback")}, NS)
    assert line == (
        "locust_user_error,env=staging,exception=KeyError,place=shop.py:7\\ buy,run=r\\ 1,"
        f'user_class=Shopper,worker=worker-0 count=3i,message="Traceback" {NS}'
    )


def test_users_are_counted_by_class(encoder: Encoder):
    assert encoder.users({"Shopper": 3}, "target_count", SECOND) == [
        "locust_users,env=staging,run=r\\ 1,user_class=Shopper,worker=worker-0 "
        f"target_count=3i {NS}"
    ]


def test_user_classes_past_the_limit_are_counted_together(encoder: Encoder):
    classes = {f"User{i}": 2 for i in range(schema.MAX_USER_CLASSES + 3)}
    lines = encoder.users(classes, "count", SECOND)
    assert len(lines) == schema.MAX_USER_CLASSES + 1
    assert f"user_class={schema.FOLDED}" in lines[-1]
    assert fields_of(lines[-1])["count"] == "6i"


@pytest.mark.parametrize("name", ["/a", "/with space, comma", "count=7i", "Aggregated"])
def test_requests_of_counts_a_seconds_endpoint_once(encoder: Encoder, name: str):
    key = endpoint_key(name, "GET")
    endpoint, together = encoder.stats(tallies_of({key: tally(1.0, 3.0)}), SECOND, 1, users=1)
    assert (requests_of(endpoint), requests_of(together)) == (2, 0)


def test_requests_of_counts_no_sums_and_nothing_else(encoder: Encoder):
    others = [*encoder.totals(of_a(tally(1.0)), 10, NS)]
    others += encoder.latencies(of_a(tally(1.0, 3.0)).items(), SECOND)
    others += encoder.users({"A": 3}, "count", SECOND)
    others += encoder.statuses([answered(("/a", "GET"), {200: 2})], SECOND)
    assert [requests_of(line) for line in others] == [0] * len(others)


@pytest.mark.parametrize(
    ("line", "requests"),
    [
        ("locust_stats,name=/a count=2i 5", 2),
        ("locust_stats,name=Aggregated count=2i 5", 0),
        ("locust_stats,name=/a num_failures=2i 5", 0),
        ("locust_stats count=2i 5", 0),
    ],
)
def test_requests_of_reads_lines_of_others_too(line: str, requests: int):
    assert requests_of(line) == requests


def test_where_requests_failed_their_response_times_are_apart(encoder: Encoder):
    failing = Raw(("/a", "GET"), [1.0, 2.0, 2.0], [1] * 3, 1, {}, [2.0]).fold()
    fine = Raw(("/b", "GET"), [1.0], [1], 0).fold()
    both = tallies_of({("/a", "GET"): failing, ("/b", "GET"): fine})
    lines = [line for line in encoder.latencies(both.items(), SECOND) if "failed" in line]
    assert [line.partition(",run=")[0] for line in lines] == [
        "locust_failed_latency,env=staging,method=GET,name=/a",
        "locust_failed_latency,env=staging,name=Aggregated",
    ]
    assert all(fields_of(line) == {"2.000": "0i", "2.040": "1i"} for line in lines)
    (coarse, _) = [
        line
        for line in encoder.latencies(both.items(), SECOND, coarse=True)
        if line.startswith("locust_failed_latency")
    ]
    assert sum(int(v[:-1]) for v in fields_of(coarse).values()) == 1
