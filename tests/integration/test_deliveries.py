"""What of a worker's requests was delivered and what is pending, in both dialects."""

import time

from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.stores import Store

from swarmscope.settings import Settings
from swarmscope.store.question import Question
from swarmscope.store.write import post

ROW = {"seen": 10, "delivered": 2, "rejected": 0, "lost": 0, "pending": 8}
WORKERS = {
    # What it said last, what is stored; what was delivered, and what is pending.
    "killed": (Told(counters=ROW, stored=9), 9, 1),
    "nothing-arrived": (Told(counters=ROW, stored=None), 2, 8),
    "more-than-seen": (Told(counters=ROW, stored=99), 10, 0),
    "said-more": (Told(counters=ROW | {"delivered": 8, "pending": 2}, stored=3), 8, 2),
    "settled": (Told(counters=ROW | {"delivered": 5, "rejected": 3, "lost": 2}, stored=5), 5, 0),
    "settled-twice": (Told(counters=ROW | {"rejected": 7, "lost": 7}, stored=2), 2, 0),
    "sent-by-another": (Told(counters=ROW, stored=4, replayed={"rejected": 3, "lost": 1}), 4, 2),
    "never-heard-of": (Told(counters=None, stored=7), 0, 0),
}


def test_what_is_stored_was_delivered_whoever_sent_it(any_store: Store, run: str) -> None:
    """A worker that was killed can't say any more that the last of it was taken."""
    now = int(time.time())
    lines = [
        line
        for name, (told, _, _) in WORKERS.items()
        for line in run_lines(f"{run}-{name}", now, [told])
    ]
    post(lines, Settings.from_env(any_store.env), what="", data="")
    found = {
        name: [
            (row["delivered"], row["pending"])
            for row in any_store.reader.ask(Question("delivery", f"{run}-{name}")).records()
            if row["worker"] == "worker-0"
        ]
        for name in WORKERS
    }
    assert found == {
        name: [(delivered, pending)] for name, (_, delivered, pending) in WORKERS.items()
    }
