"""Of a packet of StatsD Telegraf gets what it can take, and nothing that holds it up."""

import pytest

from swarmscope.ingress.statsd_lines import LONGEST, NAMES, Lines


@pytest.mark.parametrize(
    "line",
    [
        b"orders.placed:3|c|#region:eu",
        b"orders.placed:3|c|@0.1",
        b"orders.placed:3|c|@0.1|#region:eu,shop,url:http://x/?a=b",
        b"orders,region=eu:1|c",
        b"queue:-3.5|g",
        b"queue:+1|g",
        b"took:12.5|ms|@0.0001",
        b"took:.5|h",
        b"visitors:ada lovelace|s",
        b"took:1|ms:2|ms|@0.5",
        "bestellt.größe:1e3|c|#stadt:köln".encode(),
    ],
)
def test_what_is_statsd_is_passed_on_as_it_is(line: bytes) -> None:
    assert Lines().read(line) == (line, {})


@pytest.mark.parametrize(
    ("line", "passed"),
    [
        (b" a:1|c\r", b"a:1|c"),
        (b"a:1|c|#x:y|@0.5", b"a:1|c|@0.5|#x:y"),
        (b"a:1|c|#x:y|c:83c0a99c|T1656581400|e:it-false", b"a:1|c|#x:y"),
        (b"a:1|c|#x:y|#z", b"a:1|c|#x:y,z"),
        (b"a:1|c|nothing|known", b"a:1|c"),
    ],
)
def test_what_nobody_reads_is_left_out(line: bytes, passed: bytes) -> None:
    assert Lines().read(line) == (passed, {})


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"a:1|ms|@0.000000000001", "rate isn't between 0.0001 and 1"),
        (b"a:1|c|@0.00001", "rate isn't between"),
        (b"a:1|h|@1e-300", "rate isn't between"),
        (b"a:1|ms|@0", "rate isn't between"),
        (b"a:1|ms|@-1", "rate isn't between"),
        (b"a:1|ms|@nan", "rate isn't between"),
        (b"a:1|ms|@1_0", "rate isn't between"),
        (b"a:1|ms|@2", "rate isn't between"),
        (b"a:1|ms:1|ms|@1e-9", "rate isn't between"),
        (b"_e{9223372036854775807,1}:abc|x", "an event or a service check"),
        (b"_sc|check|2|d:5", "an event or a service check"),
        (b"a:1", "it isn't NAME:VALUE|TYPE"),
        (b"a|1|c", "it isn't NAME"),
        (b":1|c", "it isn't NAME"),
        (b"|||", "it isn't NAME"),
        (b"a:|c", "it isn't NAME"),
        (b"a:1|x", "it isn't NAME"),
        (b"a:nan|g", "it isn't NAME"),
        (b"a:inf|ms", "it isn't NAME"),
        (b"a:1e99999|c", "it isn't NAME"),
        (b"a:0x10|g", "it isn't NAME"),
        (b"a\x00b:1|c", "it isn't NAME"),
        (b"a:1|c|#x\x1b[2J", "it isn't NAME"),
        (b"a" * LONGEST + b":1|c", "more than 1000 signs"),
    ],
)
def test_what_holds_telegraf_up_or_says_nothing_is_dropped_with_the_reason(
    line: bytes, why: str
) -> None:
    taken, refused = Lines().read(b"before:1|c\n" + line + b"\nafter:1|c")
    assert taken == b"before:1|c\nafter:1|c"
    ((reason, first),) = refused.items()
    assert why in reason
    assert first == line


def test_names_have_an_end_and_those_that_came_first_go_on() -> None:
    lines = Lines()
    for number in range(NAMES):
        assert lines.read(b"n%d:1|g" % number)[0]
    taken, refused = lines.read(b"n0:2|g\nnew:1|g\nn0:1|c\nn0:1|g|#x:y")
    assert taken == b"n0:2|g"
    assert "500 names" in "".join(refused)


def test_what_timings_of_one_second_stand_for_has_an_end() -> None:
    lines = Lines(repeats=1_000)
    assert lines.read(b"t:1|ms|@0.001")[0]
    taken, refused = lines.read(b"t:1|ms\nc:1|c|@0.001")
    assert "stand for more than 1,000" in "".join(refused)
    assert b"t:" not in taken
