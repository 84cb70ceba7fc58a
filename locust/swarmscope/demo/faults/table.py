"""The faults by name: what each of them does, and in what its size is measured."""

from dataclasses import dataclass
from math import isfinite

from swarmscope.errors import ConfigurationError

NAME = "FAULT"
"""The environment variable, and make's word, that names one."""


@dataclass(frozen=True)
class Fault:
    """One way in which a service breaks."""

    name: str
    usual: float
    """Its size where nobody says another."""
    least: float
    most: float
    unit: str
    """What its size says."""
    does: str


FAULTS = {
    fault.name: fault
    for fault in (
        Fault(
            *("linear", 12, 1, 1_000, "ms of CPU that each request takes"),
            "Each request computes, one after the other: a processor is the limit.",
        ),
        Fault(
            *("cliff", 10, 0.1, 60, "s that a connection stays away"),
            "Each hundredth request gives its database connection back late: past some load the "
            "pool runs out, and requests time out.",
        ),
        Fault(
            *("sawtooth", 8, 1, 300, "s from one pause to the next"),
            "The shop stands still for a tenth of them, collects its garbage, and forgets its "
            "cache, again and again.",
        ),
        Fault(
            *("spike", 1_000, 1, 5_000, "thousand ratings that are read through"),
            "The ratings lose their index: each product's page reads all of them.",
        ),
        Fault(
            *("dependency", 3, 0.1, 60, "s that a payment takes longer"),
            "Payments are slow, and time out from 10 s on; nothing else is.",
        ),
        Fault(
            *("errors", 20, 1, 100, "% of requests that fail"),
            "Requests fail with 500, each with an error in the log.",
        ),
        Fault(
            *("leak", 20, 1, 10_000, "KiB that each request leaves in memory"),
            "Memory grows with each request, up to 256 MiB more.",
        ),
        Fault(
            *("lock", 25, 1, 1_000, "ms that each request holds the one lock"),
            "All that needs the database waits for one lock, and the processors have nothing to "
            "do.",
        ),
    )
}


@dataclass(frozen=True)
class Sized:
    """A fault with its size."""

    fault: Fault
    size: float

    def __str__(self) -> str:
        """Return it as it is asked for: ``cliff:5``."""
        return f"{self.fault.name}:{self.size:g}"


def parse(text: str) -> Sized:
    """Return the fault that ``cliff`` or ``cliff:8`` names.

    Raises:
        ConfigurationError: there is no such fault, or it has no such size.

    """
    name, colon, size = text.strip().partition(":")
    fault = FAULTS.get(name)
    if fault is None:
        raise ConfigurationError(
            f"{NAME} is {text!r}, which is no fault of the shop.",
            data="Nothing was started or changed.",
            remedy=f"There are {', '.join(FAULTS)}; each also with a size: {NAME}=cliff:8. To "
            f"begin without any: {NAME}=; to end what is on: make shop {NAME}=off.",
        )
    number = _number(size) if colon else fault.usual
    if number is None or not fault.least <= number <= fault.most:
        raise ConfigurationError(
            f"{NAME} is {text!r}, and {size!r} is no size of that fault.",
            data="Nothing was started or changed.",
            remedy=f"Its size is from {fault.least:g} to {fault.most:g} {fault.unit}: "
            f"{NAME}={name}:{fault.usual:g}.",
        )
    return Sized(fault, number)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
