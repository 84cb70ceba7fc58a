"""A program with some deliveries at once, as Locust's patches of Python have it; prints the end."""

import os
import sys
from pathlib import Path

import gevent
import locust  # noqa: F401 - it patches Python
from tests.fixtures import imports_seen

from swarmscope.delivery import Delivery
from swarmscope.settings import Settings
from swarmscope.spool import Batch


def deliver(folder: Path, number: int) -> bool:
    """Return whether both of a delivery's batches are sent."""
    environ = {**os.environ, "SWARMSCOPE_SPOOL_DIR": str(folder / str(number))}
    settings, _ = Settings.tolerant(environ)
    delivery = Delivery(settings)
    delivery.start()
    line = f"locust_stats,name=/a,run=r{number} count=1i 1"
    delivery.keep(Batch(settings.bucket, f"r{number}", 1, [line]))
    delivery.keep(Batch(settings.bucket_long, f"r{number}", 0, [line]))
    sent = delivery.flush(5 if "FAILS" in os.environ else 60)
    delivery.close()
    return sent


folder, count = Path(sys.argv[1]), int(sys.argv[2])
deliveries = [gevent.spawn(deliver, folder, number) for number in range(count)]
gevent.joinall(deliveries)
sent = sum(one.value for one in deliveries)
print(f"{sent} delivered; imported on threads: {imports_seen.LATE}")  # noqa: T201
