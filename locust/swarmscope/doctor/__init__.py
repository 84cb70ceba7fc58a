"""What `swarmscope doctor` looks at, a module for each subject; it makes and changes nothing."""

from collections.abc import Iterator

from swarmscope.doctor.finding import Finding
from swarmscope.doctor.listener import check_listener
from swarmscope.doctor.packages import check_packages
from swarmscope.doctor.spool import check_spool
from swarmscope.doctor.store import check_store
from swarmscope.doctor.target import check_target
from swarmscope.settings import Settings


def examine(settings: Settings | None) -> Iterator[Finding]:
    """Look at all there is, as far as *settings* can be used."""
    if settings:
        yield from check_store(settings)
        yield from check_spool(settings)
    yield from check_packages()
    yield check_listener()
    yield from check_target()
