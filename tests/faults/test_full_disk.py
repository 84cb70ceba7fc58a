"""A disk that is full: said, survived, and nothing that was kept is lost."""

import json
import subprocess
import sys

from tests.fixtures.fake_influx import FakeInflux, fake_influx

# A limit on the size of files is what a full disk looks like to one process. It must be a process
# of its own: the limit can't be taken back.
SCRIPT = """
import json, logging, resource, signal, sys
import locust
from swarmscope.delivery import Delivery
from swarmscope.settings import Settings
from swarmscope.spool import Batch

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
logging.basicConfig(stream=sys.stderr)
delivery = Delivery(Settings.from_env())
delivery.start()
for i in range(400):
    noise = "".join(f",f{j}={hash((i, j))}i" for j in range(40))
    delivery.keep(Batch("loadtest", "r", 1, [f"locust_stats,name=/a,run=r count=1i{noise} {i}"]))
flushed = delivery.flush(30)
print(json.dumps({**vars(delivery.account("r")), "flushed": flushed}))
delivery.close()
"""


def test_windows_wait_in_memory_when_the_disk_is_full(tmp_path):
    with fake_influx(FakeInflux()) as fake:
        env = {
            "INFLUXDB_V2_URL": fake.url,
            "SWARMSCOPE_SPOOL_DIR": str(tmp_path),
            "PYTHONHASHSEED": "0",
        }
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        account = json.loads(done.stdout)
        assert account["flushed"], done.stderr
        assert (account["requests_seen"], account["requests_delivered"]) == (400, 400)
        assert len(set(fake.lines)) == 400
