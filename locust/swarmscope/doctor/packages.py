"""Whether what swarmscope stands on is installed, in versions that it works with."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from swarmscope.doctor.finding import Finding, Level

_PACKAGES = ("locust", "influxdb-client", "duckdb")


def check_packages() -> Iterator[Finding]:
    """Look at the versions of what swarmscope stands on."""
    wanted = {one.name: one for one in map(Requirement, requires("swarmscope") or ())}
    for name in _PACKAGES:
        try:
            present = version(name)
        except PackageNotFoundError:
            yield Finding(name, Level.WRONG, "It isn't installed.", f"pip install '{name}'")
            continue
        if fits(present, wanted[name]):
            yield Finding(name, Level.FINE, f"Version {present}.")
        else:
            bounds = wanted[name].specifier
            yield Finding(
                name,
                Level.WRONG,
                f"Version {present}; swarmscope needs {bounds}.",
                f"pip install '{name}{bounds}'",
            )


def fits(present: str, requirement: Requirement) -> bool:
    """Whether the version *present* lies within the bounds of *requirement*.

    A candidate counts as the release that it is to become: 2.47.0rc1 as 2.47.0.
    """
    try:
        return requirement.specifier.contains(Version(present).base_version)
    except InvalidVersion:
        return False
