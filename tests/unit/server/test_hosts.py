"""The embedded sampler of host metrics counts each disk once."""

import re
from pathlib import Path

import psutil
import pytest

from swarmscope.server.hosts import PARTS, is_whole

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("device", ["sda", "vda", "xvda", "nvme0n1", "mmcblk0"])
def test_a_disk_is_counted(device: str) -> None:
    assert is_whole(device)


@pytest.mark.parametrize(
    "device",
    ["sda1", "vda15", "xvda1", "nvme0n1p2", "mmcblk0p1", "dm-0", "md127", "loop3", "zram0"],
)
def test_a_part_of_a_disk_is_not_counted_beside_it(device: str) -> None:
    assert not is_whole(device)


def test_telegraf_leaves_out_the_same_devices() -> None:
    config = (ROOT / "telegraf" / "host.conf").read_text(encoding="utf-8")
    section = config.partition("[inputs.diskio.tagdrop]")[2].partition("]\n")[0]
    assert tuple(re.findall(r'"([^"]+)"', section)) == PARTS


def test_no_disk_of_this_machine_is_counted_twice() -> None:
    """In the kernel's own words: a partition's folder lies in that of its disk."""
    if not Path("/sys/class/block").is_dir():
        pytest.skip("only Linux tells its devices like this")
    counted = [d for d in psutil.disk_io_counters(perdisk=True) if is_whole(d)]
    assert not [d for d in counted if Path("/sys/class/block", d, "partition").exists()]
