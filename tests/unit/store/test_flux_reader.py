"""What is made of InfluxDB's CSV, and what its refusals mean."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Heard, Said, answering

from swarmscope.errors import (
    BucketMissingError,
    ConfigurationError,
    NoDataError,
    StoreUnreachableError,
)
from swarmscope.settings import Settings
from swarmscope.store.backend import LAST_MS
from swarmscope.store.flux_reader import EARLIEST, LATEST, FluxReader, quoted, script
from swarmscope.store.question import Question, Table

USERS = Question("users", "r", 0, 60_000, bucket="loadtest_long")
"""Its windows are minutes, which nobody is asked about."""
EVENTS = Question("run_events", "r", 0, 60_000)
TIME, LONG, DOUBLE, TEXT = "dateTime:RFC3339", "long", "double", "string"
AT = "2026-05-28T20:27:03.25Z"
AT_MS = 1_780_000_023_250


def csv(types: dict[str, str], *rows: str) -> bytes:
    """Return a table with columns of these *types*, as InfluxDB writes it."""
    head = [
        f"#datatype,string,long,{','.join(types.values())}",
        f"#group,false,false{',false' * len(types)}",
        f"#default,_result,{',' * len(types)}",
        f",result,table,{','.join(types)}",
    ]
    return "\r\n".join([*head, *(f",,0,{row}" for row in rows), "", ""]).encode()


def ask(body: bytes, question: Question = USERS, status: int = 200) -> Table:
    with answering({"/": Said(body, status)}) as url, FluxReader(Settings(url=url)) as reader:
        return reader.ask(question)


USER = {"time": TIME, "user_class": TEXT, "value": LONG}


def test_rows_have_the_query_s_columns_in_their_order() -> None:
    types = {"value": DOUBLE, "other": TEXT, "user_class": TEXT, "time": TIME}
    table = ask(csv(types, f"2.5,ignored,Shopper,{AT}", f'3,"x, y","a ""b"", c",{AT}'))
    assert table.rows == [(AT_MS, "Shopper", 2.5), (AT_MS, 'a "b", c', 3.0)]
    assert (table.start, table.stop, table.window) == (0, 60_000, 60)


@pytest.mark.parametrize("body", [b"", b"\r\n", csv(USER), b"\r\n\r\n"])
def test_no_rows_are_an_empty_answer(body: bytes) -> None:
    assert ask(body).rows == []


def test_tables_one_after_the_other_are_one_answer() -> None:
    first, second = csv(USER, f"{AT},a,1"), csv({**USER, "value": DOUBLE}, f"{AT},b,1.5")
    assert ask(first + second).rows == [(AT_MS, "a", 1), (AT_MS, "b", 1.5)]


def test_what_is_not_there_is_the_empty_text_or_nothing() -> None:
    """InfluxDB's CSV has one form for both; which is meant depends on the column."""
    types = {"time": TIME, "event": TEXT, "message": TEXT, "user_count": LONG}
    assert ask(csv(types, f"{AT},,,"), EVENTS).rows == [(AT_MS, "", None, None, None, None)]


def test_a_column_that_never_is_empty_makes_an_answer_odd() -> None:
    with pytest.raises(StoreUnreachableError, match="the column 'time' of users holds NoneType"):
        ask(csv({"user_class": TEXT, "value": LONG}, "Shopper,1"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"two\r\nlines"', "two\nlines"),
        ('"two\nlines, and a ""third"""', 'two\nlines, and a "third"'),
        ("naïve 🙂", "naïve 🙂"),
        ('"#datatype,string"', "#datatype,string"),
        ('" "', " "),
    ],
)
def test_texts_are_as_they_were_recorded(text: str, value: str) -> None:
    types = {"time": TIME, "event": TEXT, "message": TEXT}
    assert ask(csv(types, f"{AT},x,{text}"), EVENTS).rows[0][2] == value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (LONG, "9223372036854775807", 2**63 - 1),
        (LONG, "-9223372036854775808", -(2**63)),
        ("unsignedLong", "7", 7),
        (DOUBLE, "1e300", 1e300),
        (DOUBLE, "+Inf", None),
        (DOUBLE, "-Inf", None),
        (DOUBLE, "NaN", None),
        (DOUBLE, "", None),
    ],
)
def test_numbers_are_those_that_a_store_has_or_none(
    kind: str, text: str, value: float | None
) -> None:
    assert ask(csv({**USER, "value": kind}, f"{AT},a,{text}")).rows == [(AT_MS, "a", value)]


@pytest.mark.parametrize(
    ("types", "row"),
    [
        (USER, f"{AT},a,9223372036854775808"),
        ({**USER, "value": "unsignedLong"}, f"{AT},a,18446744073709551616"),
        ({**USER, "value": "unsignedLong"}, f"{AT},a,18446744073709551615"),
        ({**USER, "value": TEXT}, f"{AT},a,many"),
        ({**USER, "value": "boolean"}, f"{AT},a,true"),
        ({**USER, "time": LONG}, "17,a,1"),
        ({**USER, "time": TIME}, "yesterday,a,1"),
        ({**USER, "user_class": LONG}, f"{AT},1,1"),
        (USER, f"{AT},a"),
    ],
)
def test_what_no_store_has_is_an_odd_answer(types: dict[str, str], row: str) -> None:
    with pytest.raises(StoreUnreachableError, match="not as InfluxDB 2 does") as caught:
        ask(csv(types, row))
    assert caught.value.data == "What is stored is untouched."
    assert "doctor" in caught.value.remedy


def test_an_error_in_the_place_of_a_later_table_gives_no_rows() -> None:
    error = b"#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n"
    error += b',"panic: a\nb",897\r\n'
    with pytest.raises(StoreUnreachableError, match=r"gave up the query \(panic: a b\)") as caught:
        ask(csv(USER, f"{AT},a,1") + error)
    assert "shorter range" in caught.value.remedy


def test_tags_are_a_point_s_without_its_own_columns() -> None:
    record = json.dumps({"b": "2", "_time": "x", "a": '1"', "gone": None}).replace('"', '""')
    types = {"time_ns": LONG, "measurement": TEXT, "tags": TEXT, "field": TEXT, "type": TEXT}
    types |= {"number": DOUBLE, "text": TEXT}
    table = ask(csv(types, f'5,m,"{record}",f,float,1,'), Question("points", "r", 0, 60_000))
    assert table.records()[0]["tags"] == '{"a":"1\\"","b":"2"}'


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (401, b"{}", StoreUnreachableError, "refused the token (401). Set INFLUXDB_V2_TOKEN to"),
        (403, b"{}", StoreUnreachableError, "refused the token (403). Set INFLUXDB_V2_TOKEN to"),
        (404, b"{}", BucketMissingError, "has no bucket 'loadtest_long' in the organization 'o'"),
        (
            500,
            b'{"message": "too\\nmuch"}',
            StoreUnreachableError,
            "could not answer (500: too much). Its own log says more.",
        ),
        (429, b"", StoreUnreachableError, "could not answer (429: Too Many Requests)."),
    ],
)
def test_a_refusal_says_what_to_do(
    status: int, body: bytes, kind: type[StoreUnreachableError], says: str
) -> None:
    with (
        answering({"/": Said(body, status)}) as url,
        FluxReader(Settings(url=url, org="o")) as reader,
        pytest.raises(kind) as caught,
    ):
        reader.ask(USERS)
    assert f"InfluxDB at {url} {says}" in str(caught.value)


def test_where_nobody_answers_that_is_said() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with (
        FluxReader(Settings(url=url)) as reader,
        pytest.raises(StoreUnreachableError, match=f"InfluxDB at {url} does not answer"),
    ):
        reader.ask(USERS)


def test_a_run_is_asked_about_from_its_first_point_to_its_last() -> None:
    heard: list[Heard] = []
    times = csv({"_time": TIME}, "1970-01-01T00:00:09Z", AT, "1970-01-01T00:00:05.5Z")
    with (
        answering({"/": Said(times)}, heard) as url,
        FluxReader(Settings(url=url)) as reader,
        pytest.raises(StoreUnreachableError),  # no row of the answer itself has such a column
    ):
        reader.ask(Question("run_events", "r"))
    asked = json.loads(heard[-1].body)["query"]
    assert "timeRangeStart: 1970-01-01T00:00:05.500Z" in asked
    assert "timeRangeStop: 2026-05-28T20:27:04.250Z" in asked


def test_a_run_without_a_point_is_no_data() -> None:
    with pytest.raises(NoDataError, match="InfluxDB has no run 'r' in the bucket 'loadtest'"):
        ask(b"", Question("run_events", "r"))


@pytest.mark.parametrize(
    ("name", "window", "says"),
    [
        ("users", 15, "This run was recorded in windows of 10 s"),
        ("endpoint_p95", 40, "Its endpoints' histograms were recorded in windows of 30 s"),
    ],
)
def test_windows_are_multiples_of_what_the_run_says(name: str, window: int, says: str) -> None:
    said = csv({"_field": TEXT, "_value": LONG}, "resolution,10", "latency_resolution,30")
    said = said.replace(b"_result", b"lengths")
    with pytest.raises(ConfigurationError, match="no whole multiple") as caught:
        ask(said, Question(name, "r", 0, 60_000, window=window))
    assert says in caught.value.remedy


def test_it_asks_with_its_token_in_its_organization() -> None:
    heard: list[Heard] = []
    with (
        answering({"/": Said()}, heard) as url,
        FluxReader(Settings(url=url, token="t", org="o & p")) as reader,
    ):
        reader.ask(USERS)
    (request,) = heard
    assert parse_qs(urlsplit(request.path).query) == {"org": ["o & p"]}
    assert request.headers["Authorization"] == "Token t"


def test_a_list_that_is_counted_anew_is_asked_for_at_once() -> None:
    heard: list[Heard] = []
    with answering({"/": Said()}, heard) as url, FluxReader(Settings(url=url)) as reader:
        reader.ask(Question("runs", believed=False))
        assert len(heard) == 1
        reader.ask(Question("runs"))
    assert len(heard) == 3  # which of them are to be counted comes first


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('a"b', r"a\"b"),
        ("a\\", r"a\\"),
        ("${v}", r"\x24{v}"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("é🙂", "é🙂"),
    ],
)
def test_a_name_stays_inside_of_its_text(text: str, inside: str) -> None:
    assert quoted(text) == inside


def test_a_script_has_everything_in_place_behind_its_imports() -> None:
    flux = 'import "date"\n\nfrom(bucket: v.defaultBucket) // "${run}"\n'
    made = script(flux, run='"x', bucket='b"', start=-1, stop=1_500, window=7)
    option = (
        "option v = {timeRangeStart: 1969-12-31T23:59:59.999Z, "
        'timeRangeStop: 1970-01-01T00:00:01.500Z, windowPeriod: 7s, defaultBucket: "b\\""}\n'
    )
    assert made == 'import "date"\n' + option + '\nfrom(bucket: v.defaultBucket) // "\\"x"\n'
    ends = script("x", run="", bucket="b", start=-LAST_MS, stop=LAST_MS, window=1)
    assert f"timeRangeStart: {EARLIEST}, timeRangeStop: {LATEST}," in ends
    year = script("x", run="", bucket="b", start=-(10**12) * 9, stop=1, window=1)
    assert "timeRangeStart: 1684-10-19T08:00:00.000Z" in year
