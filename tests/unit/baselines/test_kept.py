"""Baselines in a store: kept, listed, taken back."""

from pathlib import Path

from tests.fixtures.many_runs import put, stored
from tests.fixtures.whole_runs import WholeRun, several

from swarmscope import schema
from swarmscope.baselines.kept import kept_runs, line_of, runs_of, tags_of
from swarmscope.baselines.named import Named
from swarmscope.embedded.deletion import Doomed


def test_what_is_kept_is_listed_with_what_was_known_of_it(tmp_path: Path) -> None:
    with stored(tmp_path, several("base", 2, seconds=6)) as reader:
        known = Named(reader)
        for name, run, at in (("main", "base-1", 2), ("main", "base-0", 3), ('a "b"', "base-0", 1)):
            put(reader.database, [line_of(name, known.made(run), at * 10**9)])
        kept = kept_runs(reader)
    assert [(one.baseline, one.run, one.time) for one in kept] == [
        ('a "b"', "base-0", 1_000),
        ("main", "base-1", 2_000),
        ("main", "base-0", 3_000),
    ]
    assert kept[0].load == "5 users for 6 s"
    assert (kept[0].test, kept[0].commit, kept[0].locustfile_hash) == ("shop", "3f2a91c", "8f0e")
    assert runs_of(kept, "main") == ("base-0", "base-1")
    assert runs_of(kept, "other") == ()


def test_a_run_or_all_of_it_is_taken_back_and_the_runs_stay(tmp_path: Path) -> None:
    with stored(tmp_path, [WholeRun("a", seconds=2), WholeRun("b", seconds=2)]) as reader:
        made = Named(reader).made
        for at, (name, run) in enumerate((("main", "a"), ("main", "b"), ("other", "a")), 1):
            put(reader.database, [line_of(name, made(run), at)])
        reader.database.delete(Doomed(schema.BUCKET, tags_of("main", "a")))
        assert [(one.baseline, one.run) for one in kept_runs(reader)] == [
            ("main", "b"),
            ("other", "a"),
        ]
        reader.database.delete(Doomed(schema.BUCKET, tags_of("main")))
        assert [(one.baseline, one.run) for one in kept_runs(reader)] == [("other", "a")]
        assert set(Named(reader).conditions) == {"a", "b"}
