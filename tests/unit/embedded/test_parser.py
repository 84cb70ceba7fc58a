"""Line protocol is read as InfluxDB reads it."""

import pytest
from tests.fixtures import line_cases

from swarmscope.embedded import parser
from swarmscope.embedded.parser import Key, ParseError, Point, TooLargeError, parse
from swarmscope.embedded.scalars import Unsigned

NOW = 1_700_000_000_123_456_789


def only(body: str, precision: str = "ns") -> Point:
    (point,) = parse(body, precision, NOW)
    return point


@pytest.mark.parametrize("body", line_cases.TAKEN)
def test_what_influxdb_takes_is_taken(body: str) -> None:
    parse(body, "ns", NOW)


@pytest.mark.parametrize(
    ("body", "why"), (line_cases.REFUSED | line_cases.REFUSED_IN_OTHER_WORDS).items()
)
def test_what_influxdb_refuses_is_refused_with_its_reason(body: str, why: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(body, "ns", NOW)
    assert str(caught.value) == f"unable to parse '{body}': {why}"


def test_every_type_is_kept_apart() -> None:
    fields = only('m f=1,i=1i,u=1u,b=t,s="1" 1').fields
    assert fields == {"f": 1.0, "i": 1, "u": 1, "b": True, "s": "1"}
    assert [type(v) for v in fields.values()] == [float, int, Unsigned, bool, str]


def test_tags_are_sorted_so_that_their_order_makes_no_other_series() -> None:
    assert (
        only("m,b=1,a=2 f=1").key == only("m,a=2,b=1 f=1").key == Key("m", (("a", "2"), ("b", "1")))
    )


def test_escapes_are_undone_and_other_backslashes_kept() -> None:
    point = only(r'm\,\ n\=,k\=1\,\ =v\=\,\ \x f\,\ \=\"\y="q\"b\\n\n" 1')
    assert point == Point(Key(r"m, n\=", (("k=1, ", r"v=, \x"),)), {'f, ="\\y': 'q"b\\n\\n'}, 1)


def test_quoted_newlines_belong_to_the_string_and_others_end_the_line() -> None:
    points = parse('m s="a\nb" 1\nm s="c\r\nd",t="=\\"\n" 2\nm,t="x f=1 3\nm f=2 4', "ns", NOW)
    assert [p.fields for p in points] == [
        {"s": "a\nb"},
        {"s": "c\r\nd", "t": '="\n'},
        {"f": 1.0},
        {"f": 2.0},
    ]


def test_lines_may_end_in_crlf() -> None:
    points = parse('m f=1 1\r\nm s="x" 2\r\n\r\n# note\r\nm f=3\r\n', "ns", NOW)
    assert [p.time for p in points] == [1, 2, NOW]


def test_all_bad_lines_of_a_body_are_named() -> None:
    with pytest.raises(ParseError) as caught:
        parse("m f=1 1\nbad\nm f=2 2\nworse x\n", "ns", NOW)
    assert str(caught.value) == (
        "unable to parse 'bad': missing fields\nunable to parse 'worse x': invalid field format"
    )


@pytest.mark.parametrize(
    ("precision", "time", "now"),
    [
        ("ns", 7, NOW),
        ("us", 7_000, 1_700_000_000_123_456_000),
        ("ms", 7_000_000, 1_700_000_000_123_000_000),
        ("s", 7_000_000_000, 1_700_000_000_000_000_000),
    ],
)
def test_times_are_in_the_precision_and_missing_ones_are_now(
    precision: str, time: int, now: int
) -> None:
    assert [p.time for p in parse("m f=1 7\nm f=1", precision, NOW)] == [time, now]


def test_a_time_past_the_range_in_its_precision_is_refused() -> None:
    with pytest.raises(ParseError, match="time outside range"):
        parse("m f=1 9223372036854775", "s", NOW)


@pytest.mark.parametrize("text", ["9" * 5000 + "i", "9" * 5000 + "u"])
def test_a_number_of_thousands_of_digits_is_refused(text: str) -> None:
    with pytest.raises(ParseError, match="value out of range"):
        parse(f"m f={text}", "ns", NOW)


def test_a_key_longer_than_influxdb_bears_is_refused() -> None:
    with pytest.raises(ParseError, match="max key length exceeded: 65542 > 65535"):
        parse(f"m,t={'x' * 65533} f=1", "ns", NOW)
    parse(f"m,t={'x' * 65_000} f=1", "ns", NOW)


def test_a_key_just_as_long_as_influxdb_bears_is_taken() -> None:
    parse(f"m,t={'x' * 65_526} f=1", "ns", NOW)
    with pytest.raises(ParseError, match="max key length exceeded: 65536 > 65535"):
        parse(f"m,t={'x' * 65_527} f=1", "ns", NOW)


def test_a_keys_length_is_in_bytes_whatever_its_characters() -> None:
    """Of a line without quotes and escapes, which is read the quick way, too."""
    with pytest.raises(ParseError, match="max key length exceeded"):
        parse(f"m,t={'😀' * 16_400} f=1 1", "ns", NOW)
    assert len(parse(f"m,t={'😀' * 16_000} f=1 1", "ns", NOW)) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("m f 1", "invalid field format"),
        ("m f=1,g 1", "invalid field format"),
        ("m =1 1", "missing field key"),
        ("m f=1=2 1", "invalid number"),
        ('m f=1,g="x",=1', "missing field key"),
        ('m s="x"y 1', "invalid field format"),
        ("m f=1 1 X", "point is invalid"),
        ("m f=1 1 \t", "point is invalid"),
        ("m f=1 x", "bad timestamp"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_reason(line: str, why: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(line, "ns", NOW)
    assert str(caught.value) == f"unable to parse '{line}': {why}"


def test_a_line_without_a_time_keeps_its_fields() -> None:
    assert only('m s="x",f=2') == Point(Key("m", ()), {"s": "x", "f": 2.0}, NOW)


def test_blanks_after_the_time_and_before_the_line_mean_nothing() -> None:
    assert only(" \t m f=1 5   ") == Point(Key("m", ()), {"f": 1.0}, 5)


@pytest.mark.parametrize("digits", [100, 5_000])
def test_a_time_of_thousands_of_digits_is_out_of_range(digits: int) -> None:
    with pytest.raises(ParseError, match="time outside range"):
        parse(f"m f=1 {'9' * digits}", "ns", NOW)


def test_a_hundred_bad_lines_are_named_and_the_rest_counted() -> None:
    def complaints(lines: int) -> list[str]:
        with pytest.raises(ParseError) as caught:
            parse("bad\n" * lines, "ns", NOW)
        return str(caught.value).split("\n")

    assert complaints(100) == ["unable to parse 'bad': missing fields"] * 100
    assert complaints(101)[100:] == ["and 1 more lines"]
    assert complaints(103)[100:] == ["and 3 more lines"]


@pytest.mark.parametrize(
    ("limit", "body", "what"),
    [
        ("MAX_LINES", "m f=1 1\nm f=1 2\n", "more than 2 lines"),
        ("MAX_VALUES", "m,t=x f=1 1", "more than 2 tags and fields"),
    ],
)
def test_a_body_of_too_many_parts_is_refused_whole(
    monkeypatch: pytest.MonkeyPatch, limit: str, body: str, what: str
) -> None:
    monkeypatch.setattr(parser, limit, 2)
    parse(body, "ns", NOW)
    with pytest.raises(TooLargeError) as caught:
        parse(f"{body}\nm f=1 3", "ns", NOW)
    assert str(caught.value) == (
        f"The body has {what}. Nothing of it is stored. Send less at once."
    )


@pytest.mark.parametrize("value", ["x", '"x"'])
def test_a_line_of_a_mebibyte_is_read_and_a_longer_one_refused(value: str) -> None:
    after = "\nm f=2 2"
    longest = f"m f={value} 1".replace("x", "x" * (parser.MAX_LINE - len(value) - 5))
    if value == "x":
        with pytest.raises(ParseError, match="invalid boolean"):
            parse(longest + after, "ns", NOW)
    else:
        assert [p.time for p in parse(longest + after, "ns", NOW)] == [1, 2]
    with pytest.raises(TooLargeError, match="a line of more than 1,048,576 characters"):
        parse(longest.replace("x", "xx", 1) + after, "ns", NOW)


def test_junk_after_a_string_is_refused_though_influxdb_keeps_it() -> None:
    with pytest.raises(ParseError, match="invalid field format"):
        parse('m s="a"b 1', "ns", NOW)


@pytest.mark.parametrize("over", [0, 1])
def test_of_a_long_line_that_is_refused_five_hundred_signs_are_repeated(over: int) -> None:
    line = "m" * (500 + over)
    with pytest.raises(ParseError) as caught:
        parse(line, "ns", NOW)
    assert f"unable to parse '{line[:500]}{'…' * over}': " in str(caught.value)


def refusal_of(*lines: str) -> list[str]:
    with pytest.raises(ParseError) as caught:
        parse("\n".join(lines), "ns", NOW)
    return str(caught.value).split("\n")


def test_after_eight_thousand_signs_no_further_line_is_named() -> None:
    """As many as connections wait unread are kept in memory."""
    (one,) = refusal_of("m")
    line = "m" * (501 - len(one))
    assert len(refusal_of(line)[0]) == 500
    told = refusal_of(*[line] * 20)
    assert (len(told), told[16:]) == (17, ["and 4 more lines"])


@pytest.mark.parametrize(
    ("characters", "taken"), [(16_000, True), (16_375, True), (16_390, False), (21_800, False)]
)
def test_the_limit_on_keys_is_in_bytes_also_of_lines_that_need_no_care(
    characters: int, taken: bool
) -> None:
    """A character has four bytes at most: a quick look at the line's length must allow for that."""
    smile = "\U0001f600"
    line = f"m,t={smile * characters} f=1i 1"
    if taken:
        ((point,),) = [parse(line, "ns", NOW)]
        assert len(point.key.tags[0][1]) == characters
    else:
        with pytest.raises(ParseError, match="max key length exceeded"):
            parse(line, "ns", NOW)


def test_only_keys_of_a_few_tags_are_remembered() -> None:
    """Of those with a hundred, in 500 signs, what is remembered takes hundreds of megabytes."""
    tags = ",".join(f"t{i}=x" for i in range(30))
    before = parser._recent_key.cache_info().currsize
    for i in range(50):
        only(f"many{i},{tags} f=1")
    assert parser._recent_key.cache_info().currsize == before
    only("a-few-tags-of-a-test,a=b f=1")
    assert parser._recent_key.cache_info().currsize == before + 1
