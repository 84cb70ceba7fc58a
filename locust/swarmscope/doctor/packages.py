"""Whether what swarmscope stands on is installed, in versions that it works with."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from swarmscope.doctor.finding import Finding, Level

_PACKAGES = ("locust", "influxdb-client", "duckdb")
_RELEASE = re.compile(r"\d+(?:\.\d+)*")
_BOUND = re.compile(r"(>=|<)\s*(\d+(?:\.\d+)*)")


def check_packages() -> Iterator[Finding]:
    """Look at the versions of what swarmscope stands on."""
    wanted = {
        name: line
        for line in requires("swarmscope") or ()
        if (name := re.split(r"[<>=!~;\[ ]", line)[0]) in _PACKAGES
    }
    for name in _PACKAGES:
        try:
            present = version(name)
        except PackageNotFoundError:
            yield Finding(name, Level.WRONG, "It isn't installed.", f"pip install '{name}'")
            continue
        if fits(present, wanted.get(name, "")):
            yield Finding(name, Level.FINE, f"Version {present}.")
        else:
            bounds = ",".join("".join(bound) for bound in _BOUND.findall(wanted[name]))
            yield Finding(
                name,
                Level.WRONG,
                f"Version {present}; swarmscope needs {bounds}.",
                f"pip install '{name}{bounds}'",
            )


def fits(present: str, requirement: str) -> bool:
    """Whether the version *present* lies within the bounds of *requirement*."""
    own = _numbers(present)
    for sign, bound in _BOUND.findall(requirement.partition(";")[0]):
        if (own < _numbers(bound)) is (sign == ">="):
            return False
    return True


def _numbers(text: str) -> tuple[int, ...]:
    """Return a version's numbers: of 2.47.0rc1 those of 2.47, which is the same as 2.47.0."""
    found = _RELEASE.match(text)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
