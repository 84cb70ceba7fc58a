"""Under which endpoint a request is counted."""

from enum import Enum

import pytest
from tests.fixtures.recorders import Clock, record, tallies

from swarmscope.recording.endpoint import endpoint_key
from swarmscope.recording.window import Recorder


class Page(str, Enum):  # noqa: UP042 - as locustfiles have it: its text is its name in the class
    """Names of pages."""

    HOME = "/home"


@pytest.mark.parametrize(
    ("name", "method", "key"),
    [
        ("", "GET", ("(unnamed)", "GET")),
        (None, None, ("(unnamed)", "")),
        (42, "GET", ("42", "GET")),
        (["/a"], "GET", ("['/a']", "GET")),
        ("a,b c=d", "GET", ("a\\,b\\ c\\=d", "GET")),
        ("a\nb", "GET", ("a␊b", "GET")),
        ("ends with \\", "GET", ("ends\\ with\\ ", "GET")),
        ("Aggregated", "", ("(Aggregated)", "")),
        (Page.HOME, "GET", ("/home", "GET")),
    ],
)
def test_any_name_becomes_a_tag(recorder: Recorder, name: object, method: object, key: object):
    assert endpoint_key(name, method) == key
    record(recorder, name=name, request_type=method)
    assert tallies(recorder)[key].count == 1


def test_names_that_become_one_tag_are_one_endpoint(recorder: Recorder):
    # else the second point of the same series and second would overwrite the first
    record(recorder, name="x" * 5_000)
    record(recorder, name="x" * 6_000)
    assert [tally.count for tally in tallies(recorder).values()] == [2]


def test_a_name_that_is_cut_is_said_once_with_what_became_of_its_requests(
    recorder: Recorder, warnings: list[str]
):
    record(recorder, name="/fits/" + "x" * 1_018)
    record(recorder, name="ends by itself …")
    assert not warnings
    for number in range(3):
        record(recorder, name="/long/" + "x" * 1_020 + str(number))
    record(recorder, name="/another/" + "y" * 5_000)
    counts = {key[0]: tally.count for key, tally in tallies(recorder).items()}
    assert counts["/long/" + "x" * 1_017 + "…"] == 3
    (said,) = warnings
    assert said.startswith("A name has 1,027 characters ('/long/xxx")
    assert "its requests are counted, under its first 1,023, together with those of all" in said


def test_names_past_the_limit_are_counted_together_and_said_once(
    recorder: Recorder, warnings: list[str]
):
    for i in range(10_000):
        record(recorder, name=f"/item/{i}")
    counts = {key[0]: tally.count for key, tally in tallies(recorder).items()}
    assert counts["(other)"] == 9_995
    assert len(counts) == 6
    assert len(warnings) == 1
    assert "/item/5" in warnings[0]
    assert 'name="/item/[id]")), let SWARMSCOPE_TEMPLATE_NAMES=on do that, or' in warnings[0]
    assert warnings[0].endswith("raise SWARMSCOPE_MAX_NAMES.")


def test_an_endpoint_that_is_known_is_never_folded_however_its_name_is_spelled(recorder: Recorder):
    record(recorder, name=["/a"])
    for i in range(10):
        record(recorder, name=f"/item/{i}")
    record(recorder, name=["/a"])
    counts = {key: tally.count for key, tally in tallies(recorder).items()}
    assert counts["['/a']", "GET"] == 2
    assert counts["(other)", ""] == 6


def test_five_hundred_endpoints_are_told_apart_unless_told_otherwise(clock: Clock):
    recorder = Recorder(clock=clock.monotonic, wall=clock.wall)
    for i in range(502):
        record(recorder, name=f"/item/{i}")
    assert len(tallies(recorder)) == 501


def test_urls_are_templated_only_when_asked_for(clock: Clock):
    for asked, names in ((False, 100), (True, 1)):
        own = Recorder(template_names=asked, clock=clock.monotonic, wall=clock.wall)
        for i in range(100):
            record(own, name=f"/item/{i}")
        found = tallies(own)
        assert len(found) == names
        assert sum(tally.count for tally in found.values()) == 100


def test_a_password_in_a_url_is_no_part_of_a_name():
    assert endpoint_key("https://bob:hunter2@shop/a", "GET")[0] == "https://***@shop/a"


def test_a_name_is_no_template_unless_asked_for():
    assert endpoint_key("/item/8731", "GET")[0] == "/item/8731"


def test_where_requests_are_counted_is_known_before_the_first_and_opens_nothing(
    recorder: Recorder,
):
    assert recorder.cells.key_of("/never asked", "GET") == ("/never\\ asked", "GET")
    assert recorder.cells.heard() == {}
    for i in range(5):
        assert recorder.cells.key_of(f"/{i}", "PUT") == (f"/{i}", "PUT")
        record(recorder, name=f"/{i}", request_type="PUT")
    assert recorder.cells.key_of("/0", "PUT") == ("/0", "PUT")
    assert recorder.cells.key_of("/0", "GET") == ("(other)", "")
    assert recorder.cells.key_of("/5", "PUT") == ("(other)", "")


def test_where_requests_are_counted_knows_of_templates(clock: Clock):
    for asked, key in ((True, "/item/[id]"), (False, "/item/8")):
        own = Recorder(template_names=asked, clock=clock.monotonic, wall=clock.wall)
        assert own.cells.key_of("/item/8", "GET") == (key, "GET")


def test_a_name_is_where_it_was_put_first_whatever_its_text_is_by_now(recorder: Recorder):
    class Page:
        texts = iter(range(100))

        def __str__(self) -> str:
            return f"/{next(self.texts)}"

    name = Page()
    for _ in range(3):
        record(recorder, name=name)
    assert recorder.cells.key_of(name, "GET") == ("/0", "GET")
    assert tallies(recorder)["/0", "GET"].count == 3


def test_spellings_are_remembered_within_bounds(clock: Clock):
    own = Recorder(max_names=2, clock=clock.monotonic, wall=clock.wall)
    for i in range(40):
        record(own, name=f"/{i}")
    assert len(own.cells.aliases) == 16


def test_a_long_name_that_ends_in_dots_of_its_own_is_not_cut(
    recorder: Recorder, warnings: list[str]
):
    record(recorder, name="x" * 1_023 + "…")
    assert warnings == []
    record(recorder, name="y" * 1_025)
    (said,) = warnings
    assert f"({'y' * 80!r} …)" in said
