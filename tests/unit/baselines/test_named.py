"""Which runs somebody means."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fixtures.many_runs import Several, put, stored
from tests.fixtures.whole_runs import T0, WholeRun, several

from swarmscope.baselines.kept import line_of
from swarmscope.baselines.named import Named
from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.recording.points import Encoder
from swarmscope.runs.audit import audit
from swarmscope.runs.doubts import doubts_of_run
from swarmscope.runs.record import keep_record


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Several]:
    """Runs of one test, of which some are unlike, failed, or were never audited."""
    alike = several("base", 3, seconds=6)
    later = T0 + 600
    runs = [
        *alike,
        WholeRun("failed", later, seconds=6, verdict="failed"),
        WholeRun("warned", later + 60, seconds=6, verdict="warning"),
        WholeRun("more-users", later + 120, seconds=6, users=9),
        WholeRun("unaudited", later + 180, seconds=6),
        WholeRun("another-test", later + 240, seconds=6, test="api"),
        WholeRun("main", later + 300, seconds=6),
        WholeRun("reused", later + 360, seconds=6),
    ]
    second = replace(runs[-1], began=later + 363).lines()
    runs.append(WholeRun("untold", later + 420, seconds=6, verdict="inconclusive"))
    strained = WholeRun("strained", later + 480, seconds=6, verdict="inconclusive")
    with stored(tmp_path_factory.mktemp("store"), runs) as found:
        put(found.database, [line for line in second if line.startswith("locust_run,")])
        put(
            found.database,
            [re.sub(r"cpu_percent=[\d.]+", "cpu_percent=99.0", line) for line in strained.lines()],
        )
        late = WholeRun("late", later + 540, seconds=6)
        unserved = WholeRun("unserved", later + 600, seconds=6)
        due = {"due": 300, "dropped": 200, "late": 0}
        encoder = Encoder({"run": "unserved", "worker": "worker-0"})
        put(found.database, [re.sub(r"error_ms=0\.0", "error_ms=900.0", x) for x in late.lines()])
        put(found.database, unserved.lines())
        put(found.database, [encoder.arrivals("Shopper", due, (later + 603) * 10**9)])
        runs += [strained, late, unserved]
        made = Named(found).made
        for at, run in enumerate(alike):
            put(found.database, [line_of("release", made(run.run), at)])
        for name, against in (
            ("judged", ""),
            ("known", "its thresholds came to: failed; its data is incomplete"),
            ("busy", "a load generator was saturated"),
        ):
            put(found.database, [line_of(name, made("base-0"), 4)])
            put(found.database, [line_of(name, made("failed"), 5, against)])
        put(found.database, [line_of("main", made("base-0"), 5)])
        for name, at in (("once", later + 362), ("twice", later + 400)):
            put(found.database, [line_of(name, made("reused"), at * 10**9)])
        gone = line_of("gone", made("base-0"), 5).replace("run=base-0", "run=deleted")
        put(found.database, [gone])
        for run in runs:
            if run.run != "unaudited":
                keep_record(found, audit(found, run.run), lambda told: put(found.database, told))
        yield found


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("base-1", ["base-1"]),
        (" base-2 , base-1,base-2", ["base-2", "base-1"]),
        ("release", ["base-2", "base-1", "base-0"]),
        ("release,failed", ["base-2", "base-1", "base-0", "failed"]),
    ],
)
def test_ids_and_names(reader: Several, text: str, runs: list[str]) -> None:
    assert list(Named(reader).runs(text)) == runs


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("nobody", NoDataError, "no run nobody, and no baseline of that name"),
        ("gone", NoDataError, "no longer has any run of the baseline gone"),
        ("main", ConfigurationError, "the id of a run, and the name of a baseline"),
        (" , ", ConfigurationError, "names no run"),
        ("base-1,nobody", NoDataError, "no run nobody"),
    ],
)
def test_what_names_none(reader: Several, text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Named(reader).runs(text)


@pytest.mark.parametrize(("text", "left_out"), [("once", True), ("twice", False)])
def test_whose_id_another_run_was_given_since_it_was_kept_is_no_measure(
    reader: Several, text: str, *, left_out: bool
) -> None:
    """Before it was kept somebody said --anyway."""
    alike, others = Named(reader).alike(text, ["reused"], "base-1", doubts_of_run)
    assert (alike == ("reused",), bool(others)) == (not left_out, left_out)
    assert all(other.startswith("reused: 2 runs have this id") for other in others)


def test_who_is_named_by_its_id_counts_before_a_baseline(reader: Several) -> None:
    known = Named(reader)
    alike, _ = known.alike("release,warned", known.runs("release,warned"), "main", doubts_of_run)
    assert alike == ("warned", "base-2", "base-1", "base-0")


def test_earlier_runs_are_those_made_alike_that_did_not_fail_and_of_which_nothing_is_doubtful(
    reader: Several,
) -> None:
    """Clocks were right, generators kept up, and the load was the one that was asked for."""
    known = Named(reader)
    like = known.made("base-1")
    found = known.earlier(like, ["base-1"], doubts_of_run)
    assert found == ("untold", "main", "warned", "base-2", "base-0")
    assert known.earlier(like, ["base-1", "main"], doubts_of_run) == (found[0], *found[2:])


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("text", "alike", "others"),
    [
        ("judged", ("base-0",), ("failed: its thresholds came to: failed",)),
        ("known", ("failed", "base-0"), ()),
        ("busy", ("base-0",), ("failed: its thresholds came to: failed",)),
        ("judged,known", ("failed", "base-0"), ()),
        ("failed,base-0", ("base-0",), ("failed: its thresholds came to: failed",)),
        (
            *("release,late", ("base-2", "base-1", "base-0")),
            (
                "late: a worker's clock was up to 900 ms off, so that nobody knows which second "
                "its requests belong to",
            ),
        ),
        (
            *("unserved,strained,base-0", ("base-0",)),
            (
                "unserved: 200 of 300 iterations (67 %) were never begun, because all users "
                "were at work (a threshold of dropped_arrivals says how many may be)",
                "strained: a load generator was saturated: worker-0 was saturated (6 of 6 seconds; "
                "CPU up to 99 % of a core): response times are partly its own",
            ),
        ),
        (
            *("release,more-users", ("base-2", "base-1", "base-0")),
            ("more-users: base-1 had 5 users for 6 s, more-users 9 users for 6 s",),
        ),
    ],
)
def test_what_failed_since_it_was_kept_or_is_doubtful_is_no_measure(
    reader: Several, text: str, alike: tuple[str, ...], others: tuple[str, ...]
) -> None:
    known = Named(reader)
    assert known.alike(text, known.runs(text), "base-1", doubts_of_run) == (alike, others)
