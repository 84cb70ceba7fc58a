"""What *Generators* says of deliveries where the newest word is older than the points."""

import secrets
import time

from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened

DELIVERY = "Delivery, over the whole time range"


def test_no_worker_stored_more_than_it_saw_while_it_goes_on_or_was_killed(influx: Influx) -> None:
    """Its points come before the word that counts them; of one that ends both must agree."""
    now = int(time.time())
    told = {
        "going": Told("going", stored=12, final=False, heard=1),
        "killed": Told("killed", stored=12, final=False, heard=90, left=80),
        "late": Told("late", stored=8, final=False, heard=1),
        "wrong": Told("wrong", stored=12, heard=1),
        "silent": Told("silent", stored=12, counters=None),
    }
    bucket = influx.make_bucket(secrets.token_hex(4))
    influx.write(bucket, run_lines("run", now, list(told.values()), stopped=None))
    boards = Opened(influx, bucket, "", ((now - 500) * 1_000, (now + 10) * 1_000))
    rows = boards.panel("generators", DELIVERY, run="run")
    said = {row["worker"]: (row["seen"], row["stored"]) for row in rows if row["worker"] in told}
    assert said == {
        "going": (12, 12),
        "killed": (12, 12),
        "late": (10, 8),
        "wrong": (10, 12),
        "silent": (None, 12),
    }
