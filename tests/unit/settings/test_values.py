"""How the texts of settings are read, and what is said of those that can't be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.settings import values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("1s", 1), ("1.5s", 1.5), ("2m", 120), ("1h", 3_600), ("90", 90)],
)
def test_a_duration_has_a_unit_or_is_in_seconds(text: str, seconds: float) -> None:
    assert values.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "1 s", "1d", "soon", "nan", "inf", "1e999"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it isn't a duration like 500ms, 1s, 2m or 1h"):
        values.duration(text)


@pytest.mark.parametrize("text", ["0.9s", "999ms", "0", "-5"])
def test_a_span_has_a_second_or_more(text: str) -> None:
    assert values.span("1s") == 1
    with pytest.raises(ValueError, match="a second or more"):
        values.span(text)


@pytest.mark.parametrize("text", ["500ms", "1.5s", "0s", "2h"])
def test_windows_are_of_whole_seconds_up_to_an_hour(text: str) -> None:
    assert (values.whole_seconds("1s"), values.whole_seconds("1h")) == (1, 3_600)
    with pytest.raises(ValueError, match="from one to an hour"):
        values.whole_seconds(text)


def test_somebody_waits_a_day_at_most() -> None:
    assert (values.patience("0"), values.patience("24h")) == (0, values.DAY_S)
    for text in ("-1", "24.01h"):
        with pytest.raises(ValueError, match="from 0 to a day"):
            values.patience(text)


@pytest.mark.parametrize(("text", "ms"), [("1", 1), ("250", 250), ("1.5s", 1_500), ("1m", 60_000)])
def test_digits_alone_are_milliseconds_where_these_are_asked_for(text: str, ms: int) -> None:
    assert values.milliseconds(text) == ms


@pytest.mark.parametrize(
    ("text", "says"),
    [("0", "1 or more"), ("0.4ms", "from 1 ms to a day"), ("86400001", "from 1 ms to a day")],
)
def test_no_milliseconds_and_more_than_a_day_are_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        values.milliseconds(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h", 3_600), ("30d", 30 * values.DAY_S), ("8w", 56 * values.DAY_S), ("forever", 0)],
)
def test_a_retention_is_of_hours_days_weeks_or_without_end(text: str, seconds: int) -> None:
    assert values.retention(text) == seconds


@pytest.mark.parametrize("text", ["0d", "30", "30m", "1.5d", "-1d", "Forever", ""])
def test_a_retention_of_less_than_an_hour_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="one hour is the least"):
        values.retention(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [("1048576", 2**20), ("64MiB", 2**26), ("64 mb", 2**26), ("1G", 2**30), ("2k", 2_048)],
)
def test_a_size_is_in_bytes_or_has_a_unit(text: str, count: int) -> None:
    assert values.size(text) == count


@pytest.mark.parametrize("text", ["", "1.5G", "1T", "MiB", "-1"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it isn't a size like"):
        values.size(text)


@pytest.mark.parametrize("text", ["on", "ON", "true", "1", "yes"])
def test_a_flag_is_on_by_any_usual_word(text: str) -> None:
    assert values.flag(text)


@pytest.mark.parametrize("text", ["off", "False", "0", "no"])
def test_a_flag_is_off_by_any_usual_word(text: str) -> None:
    assert not values.flag(text)


@pytest.mark.parametrize("text", ["", "maybe", "2"])
def test_a_flag_of_another_word_is_refused_rather_than_off(text: str) -> None:
    with pytest.raises(ValueError, match="on, off, true, false"):
        values.flag(text)


@pytest.mark.parametrize("text", ["0", "-0.1", "1.01", "nan"])
def test_a_share_is_above_0_and_at_most_1(text: str) -> None:
    assert (values.share("0.01"), values.share("1")) == (0.01, 1)
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        values.share(text)


@pytest.mark.parametrize("text", ["http://influxdb:8086", "https://10.0.0.1", "http://[::1]:1/"])
def test_an_address_is_of_http_and_loses_the_slash_at_its_end(text: str) -> None:
    assert values.url(text) == text.rstrip("/")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("influxdb:8086", "of the form http://host:8086"),
        ("ftp://influxdb", "of the form http://host:8086"),
        ("http://", "of the form http://host:8086"),
        ("http://influxdb:65536", "no number up to 65535"),
        ("http://influxdb:port", "no number up to 65535"),
        ("http://ann:secret@influxdb", "no user and password: INFLUXDB_V2_TOKEN lets us in"),
        ("http://influxdb/?token=secret", r"ends before the \? or #"),
        ("http://influxdb/#top", r"ends before the \? or #"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_secret(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        values.url(text)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [("telegraf:8125", ("telegraf", 8125)), ("10.0.0.1:0", ("10.0.0.1", 0)), ("::1:9", ("::1", 9))],
)
def test_a_place_is_a_host_and_a_port(text: str, place: tuple[str, int]) -> None:
    assert values.place(text) == place


@pytest.mark.parametrize(
    "text", ["", "telegraf", ":8125", "telegraf:", "telegraf:x", "telegraf:-1", "t:65536", "t:²"]
)
def test_what_lacks_a_host_or_a_port_is_no_place(text: str) -> None:
    with pytest.raises(ValueError, match=r"isn't of the form|no number up to 65535"):
        values.place(text)


@pytest.mark.parametrize("text", ["tcp://collector:5558", "tcp://10.0.0.1:1", "tcp://[::1]:5558"])
def test_an_address_of_zeromq_is_of_tcp(text: str) -> None:
    assert values.address(text) == text


@pytest.mark.parametrize("text", ["collector:5558", "tcp://collector", "ipc:///x", "tcp://*/:1"])
def test_another_address_of_zeromq_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="of the form tcp://host:5558"):
        values.address(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a" * (values.MAX_TOKEN + 1), "longer than any token"),
        ("two\nlines", "more than one line"),
        ("“quoted”", "outside of ASCII"),
        ("tab\there", "a control sign"),
    ],
)
def test_a_token_that_no_header_carries_is_refused_without_saying_it(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        values.token(text)
    assert text not in str(refused.value)


@given(st.text(max_size=300))
def test_a_run_s_id_that_is_taken_stands_in_quotes_as_it_is(text: str) -> None:
    try:
        taken = values.run_id(text)
    except ValueError:
        return
    assert taken == text
    assert not set(taken) & set('"\\$\n\r')


def test_names_are_parted_by_commas_and_compared_in_small_letters() -> None:
    assert values.names(" Shop.example ,, http://A:8089/ ") == {"shop.example", "http://a:8089"}


def test_tags_are_pairs_parted_by_commas() -> None:
    assert values.tags("build=81, region = eu=west") == {"build": "81", "region": "eu=west"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("build", "isn't of the form key=value"),
        ("=81", "isn't of the form key=value"),
        ("build=", "isn't of the form key=value"),
        ("run=mine", "written by swarmscope itself, or the store"),
        ("_time=now", "written by swarmscope itself, or the store"),
        ("build=" + "x" * 2_000, "has over"),
        (",".join(f"t{number}=1" for number in range(100)), "on every point are more than"),
    ],
)
def test_tags_that_no_point_can_carry_are_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        values.tags(text)


def test_a_text_of_bytes_that_are_none_is_refused() -> None:
    assert values.text("Gruß") == "Gruß"
    with pytest.raises(ValueError, match="no UTF-8"):
        values.text("\udcff")
