"""This machine's own metrics, each second, in Telegraf's measurement, tag and field names."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from math import ceil

import psutil

from swarmscope.embedded.database import Database
from swarmscope.errors import SwarmscopeError
from swarmscope.line_protocol import Field, line, series

ROLE = "generator"
"""The embedded store runs beside the load generator; a target's metrics come from Telegraf."""
_FILE_SYSTEMS_EVERY = 10
"""Seconds: they fill slowly, and asking them may wake a disk."""
PARTS = (
    *("[hsv]d[a-z]*[0-9]", "xvd[a-z]*[0-9]", "nvme*n*p[0-9]*", "mmcblk*p[0-9]*", "mmcblk*boot*"),
    *("dm-*", "md*", "loop*", "ram*", "zram*", "sr[0-9]*", "fd[0-9]*"),
)
"""Partitions and devices made of other devices: as in telegraf/host.conf, or sums count twice."""
_log = logging.getLogger(__name__)

Sample = tuple[str, Mapping[str, str], Mapping[str, Field]]
"""A measurement, its tags and its fields."""


class HostSampler:
    """Writes the machine's metrics into a store from a thread of its own."""

    def __init__(self, database: Database, bucket: str, host: str) -> None:
        self._database = database
        self._bucket = bucket
        self._tags = {"host": host, "role": ROLE}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="host-metrics", daemon=True)
        self._said: set[str] = set()

    def start(self) -> None:
        """Begin with the next whole second."""
        self._thread.start()

    def stop(self) -> None:
        """End after the sample under way."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        sources = {
            "processors": _Processors().sample,
            "memory": _memory,
            "devices": _traffic,
            "load": _system,
        }
        second = ceil(time.time())
        while not self._stopped.wait(max(0.0, second - time.time())):
            samples = [s for what, source in sources.items() for s in self._take(what, source)]
            if second % _FILE_SYSTEMS_EVERY == 0:
                samples += self._take("file systems", _file_systems)
            self._write(samples, second)
            # Whole seconds of the wall clock, whatever a sample takes; a stepped clock is followed.
            now = time.time()
            second = second + 1 if now - 1 < second <= now else ceil(now)

    def _take(self, what: str, source: Callable[[], Iterator[Sample]]) -> list[Sample]:
        """Ask one source; in a container some of them may be missing."""
        try:
            return list(source())
        except (OSError, RuntimeError) as error:
            # A file of /proc that isn't there or may not be read, or that lacks what psutil needs.
            self._complain(f"nothing is known of the {what}: {error}")
            return []

    def _complain(self, message: str) -> None:
        # Said once: the same sentence each second would bury everything else.
        if message not in self._said:
            self._said.add(message)
            _log.warning("Host metrics: %s", message)

    def _write(self, samples: list[Sample], second: int) -> None:
        lines = [
            line(series(name, {**self._tags, **tags}), fields, second)
            for name, tags, fields in samples
            if fields
        ]
        try:
            self._database.write(self._bucket, "\n".join(lines), "s")
        except SwarmscopeError as error:
            self._complain(str(error))


class _Processors:
    """Shares of the processors' time since the last sample."""

    def __init__(self) -> None:
        self._before = self._times()

    @staticmethod
    def _times() -> dict[str, dict[str, float]]:
        times = {"cpu-total": psutil.cpu_times()}
        times |= {f"cpu{i}": each for i, each in enumerate(psutil.cpu_times(percpu=True))}
        return {name: each._asdict() for name, each in times.items()}

    def sample(self) -> Iterator[Sample]:
        now, before = self._times(), self._before
        self._before = now
        for name in now.keys() & before.keys():
            yield "cpu", {"cpu": name}, _shares(now[name], before[name])


def _shares(now: Mapping[str, float], before: Mapping[str, float]) -> dict[str, Field]:
    # A guest's time is part of its user time already.
    spent = {
        mode: max(0.0, now[mode] - before.get(mode, 0.0))
        for mode in now
        if mode not in ("guest", "guest_nice")
    }
    total = sum(spent.values())
    return {f"usage_{mode}": 100 * part / total for mode, part in spent.items()} if total else {}


def _memory() -> Iterator[Sample]:
    now = psutil.virtual_memory()
    yield (
        "mem",
        {},
        {
            "total": now.total,
            "available": now.available,
            "used": now.used,
            # Telegraf's own definition; psutil's `percent` counts from what is available.
            "used_percent": 100 * now.used / now.total,
        },
    )


def is_whole(device: str) -> bool:
    """Whether *device* is a disk: what is written to a part of one is counted on the disk, too."""
    return not any(fnmatchcase(device, part) for part in PARTS)


def _traffic() -> Iterator[Sample]:
    for device, disk in (psutil.disk_io_counters(perdisk=True) or {}).items():
        if not is_whole(device):
            continue
        fields: dict[str, Field] = {
            "read_bytes": disk.read_bytes,
            "write_bytes": disk.write_bytes,
            "reads": disk.read_count,
            "writes": disk.write_count,
        }
        if hasattr(disk, "busy_time"):
            fields["io_time"] = disk.busy_time
        yield "diskio", {"name": device}, fields
    for interface, net in psutil.net_io_counters(pernic=True).items():
        yield (
            "net",
            {"interface": interface},
            {
                "bytes_recv": net.bytes_recv,
                "bytes_sent": net.bytes_sent,
                "packets_recv": net.packets_recv,
                "packets_sent": net.packets_sent,
                "err_in": net.errin,
                "err_out": net.errout,
                "drop_in": net.dropin,
                "drop_out": net.dropout,
            },
        )


def _system() -> Iterator[Sample]:
    load = os.getloadavg()
    yield (
        "system",
        {},
        {
            "load1": load[0],
            "load5": load[1],
            "load15": load[2],
            "n_cpus": psutil.cpu_count() or 1,
            "uptime": int(time.time() - psutil.boot_time()),
        },
    )


def _file_systems() -> Iterator[Sample]:
    for mount in psutil.disk_partitions():
        try:
            now = psutil.disk_usage(mount.mountpoint)
        except OSError as error:
            _log.debug("%s tells nothing of itself: %s", mount.mountpoint, error)
            continue
        if now.total:
            tags = {
                "path": mount.mountpoint,
                "device": mount.device.removeprefix("/dev/"),
                "fstype": mount.fstype,
            }
            yield (
                "disk",
                tags,
                {
                    "total": now.total,
                    "used": now.used,
                    "free": now.free,
                    "used_percent": 100 * now.used / (now.used + now.free),
                },
            )
