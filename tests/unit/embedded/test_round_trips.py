"""Line protocol is read back as the encoders wrote it, and any text is read or refused."""

import math
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from influxdb_client import Point as ClientPoint

from swarmscope import line_protocol
from swarmscope.embedded.parser import Key, ParseError, parse

NOW = 1_700_000_000_123_456_789

floats = st.floats(allow_nan=False, allow_infinity=False)
# Our encoder has no lower one: it keeps to the same range on both sides.
integers = st.integers(-(2**63) + 1, 2**63 - 1)
values = st.one_of(floats, integers, st.booleans(), st.text(max_size=40))
times = st.integers(-(2**63) + 2, 2**63 - 2)


def same(left: object, right: object) -> bool:
    """Equal, and of one type: in Python 1 == 1.0 == True."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=0) and type(left) is type(right)
    return left == right and type(left) is type(right)


# What our encoder replaces (line breaks, NUL, backslashes at an end) is its own tests' business.
written = st.characters(exclude_characters="\n\r\t\0\\", exclude_categories=["Cs"])
plain_names = st.text(written, min_size=1, max_size=30).filter(
    lambda name: name not in ("time", "_field", "_measurement")
)


@given(
    # A measurement that begins with a hash is a comment, in InfluxDB too.
    plain_names.filter(lambda name: not name.startswith("#")),
    st.dictionaries(plain_names, st.text(written, min_size=1, max_size=30), max_size=4),
    st.dictionaries(
        plain_names, values.filter(lambda v: "\0" not in str(v)), min_size=1, max_size=4
    ),
    times,
)
def test_what_our_encoder_writes_is_read_back(
    measurement: str, tags: dict[str, str], fields: dict[str, line_protocol.Field], time: int
) -> None:
    text = line_protocol.line(line_protocol.series(measurement, tags), fields, time)
    (point,) = parse(text, "ns", NOW)
    assert point.key == Key(measurement, tuple(sorted(tags.items())))
    assert point.time == time
    assert point.fields.keys() == fields.keys()
    assert all(same(point.fields[k], v) for k, v in fields.items())


@given(
    plain_names.filter(lambda name: not name.startswith("#")),
    st.dictionaries(plain_names, st.text(written, min_size=1, max_size=30), max_size=4),
    st.dictionaries(plain_names, values, min_size=1, max_size=4),
    times,
)
def test_what_influxdb_client_writes_is_read_back(
    measurement: str, tags: dict[str, str], fields: dict[str, line_protocol.Field], time: int
) -> None:
    written_point = ClientPoint(measurement)
    for name, text in tags.items():
        written_point.tag(name, text)
    for name, value in fields.items():
        written_point.field(name, value)
    (point,) = parse(written_point.time(time).to_line_protocol(), "ns", NOW)
    assert point.key == Key(measurement, tuple(sorted(tags.items())))
    assert point.time == time
    assert point.fields.keys() == fields.keys()
    assert all(same(point.fields[k], v) for k, v in fields.items())


@given(st.text(st.sampled_from('m,t= ="\\\n\r\t#f1i.-e'), max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else_happens(body: str) -> None:
    points = []
    with suppress(ParseError):
        points = parse(body, "ns", NOW)
    assert all(point.fields and point.key.measurement for point in points)
