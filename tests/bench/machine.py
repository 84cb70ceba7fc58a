"""Where something was measured, and what: the machine, and the commit."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
PACKAGES = ("locust", "gevent", "influxdb-client", "duckdb")
PRODUCT = ("locust", "dashboards", "requirements")


def machine() -> dict[str, object]:
    """Return what is known of this machine."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_average_at_start": round(os.getloadavg()[0], 2),
        "packages": {p: version(p) for p in PACKAGES} | _influxd(),
    }


def _influxd() -> dict[str, str]:
    if not shutil.which("influxd"):
        return {}
    said = subprocess.run(["influxd", "version"], capture_output=True, text=True, check=True)
    found = re.search(r"v(\d\S*)", said.stdout)
    return {"influxd": found[1]} if found else {}


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def described(of: Mapping[str, Any]) -> str:
    """Return what `machine` found, in a few words."""
    versions = ", ".join(f"{name} {version}" for name, version in of["packages"].items())
    return (
        f"{of['cores']} processors ({of['cpu']}), {of['memory_gib']} GiB, {of['system']}, Python "
        f"{of['python']}, {versions}"
    )


def commit() -> str:
    """Return the commit that is measured; with a plus, if something isn't committed."""
    return _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain") else "")


def product_commit() -> str:
    """Return the last commit that changed what is measured, however often it was measured since.

    With a plus, if something of it isn't committed.
    """
    last = _git("log", "-1", "--format=%h", "--", *PRODUCT)
    return last + ("+" if _git("status", "--porcelain", "--", *PRODUCT) else "")


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return done.stdout.strip()
