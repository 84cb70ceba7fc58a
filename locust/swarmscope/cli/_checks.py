"""What `swarmscope doctor` looks at; each check says what it found and what to do about it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version

from swarmscope.cli._finding import Finding, Level
from swarmscope.errors import StoreUnreachableError, SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.store.buckets import COMMAND, FOREVER, RETENTION_S, Bucket, by_hand
from swarmscope.store.location import open_store
from swarmscope.store.question import Question
from swarmscope.store.servers import EMBEDDED, Health, health
from swarmscope.store.write import write_nothing
from swarmscope.words import count_of

_CLOCK_LIMIT_S = 2.0
"""The store tells its time in whole seconds."""
_IMPORT_TIMEOUT_S = 60
_PACKAGES = ("locust", "influxdb-client", "duckdb")
_RELEASE = re.compile(r"\d+(?:\.\d+)*")
_BOUND = re.compile(r"(>=|<)\s*(\d+(?:\.\d+)*)")


def check_store(settings: Settings) -> Iterator[Finding]:
    """Look at the store: whether it answers, takes and shows data, and what time it has."""
    try:
        found = health(settings)
    except StoreUnreachableError as error:
        yield Finding("store", Level.UNREACHABLE, error.happened, error.remedy)
        return
    level = Level.FINE if found.ready else Level.WARNING
    state = "" if found.ready else ", and says that it isn't ready"
    what = "an InfluxDB" if found.kind == "influxdb" else "an embedded store, swarmscope"
    yield Finding("store", level, f"{settings.where} is {what} {found.version}{state}.")
    yield from _check_clock(found)
    yield from _check_writing(settings, found.kind)
    yield _check_reading(settings)


def _check_clock(found: Health) -> Iterator[Finding]:
    if found.date is None:
        return
    # The header is cut to the second: in the middle the store's clock was half a second further.
    ahead = (datetime.now(UTC) - found.date).total_seconds() - 0.5
    if abs(ahead) <= _CLOCK_LIMIT_S:
        yield Finding("clock", Level.FINE, "This clock and the store's agree to about a second.")
        return
    side = "ahead of" if ahead > 0 else "behind"
    yield Finding(
        "clock",
        Level.WARNING,
        f"This clock is about {abs(ahead):.0f} s {side} the store's.",
        "Synchronize both with NTP: load and host metrics would not lie over one another.",
    )


def _check_writing(settings: Settings, kind: str) -> Iterator[Finding]:
    """Look at each bucket for itself: a token may write one of them and not the other."""
    yield _check_bucket(settings, kind, settings.bucket)
    if settings.bucket_long:
        found = _check_bucket(settings, kind, settings.bucket_long)
        if found.level is Level.WRONG:
            # Not an error: every request is in the other one.
            found = replace(
                found,
                level=Level.WARNING,
                message=f"{found.message} No one-minute points arrive; boards read long ranges "
                f"from {settings.bucket}, which takes longer.",
                remedy=f"{found.remedy} To do without, set SWARMSCOPE_BUCKET_LONG to nothing.",
            )
        yield found
    else:
        yield Finding(
            "one-minute points",
            Level.FINE,
            f"None are written: boards read long ranges from {settings.bucket}.",
        )


def _check_bucket(settings: Settings, kind: str, bucket: str) -> Finding:
    topic = f"bucket {bucket}"
    try:
        status = write_nothing(settings, bucket)
    except StoreUnreachableError as error:
        return Finding(topic, Level.UNREACHABLE, error.happened)
    if status < 300:
        return Finding(topic, Level.FINE, "It is there, and may be written to.")
    if status in (401, 403):
        held = "The token may not write here" if settings.token else "No token is set"
        return Finding(
            topic,
            Level.WRONG,
            f"{held} ({status}).",
            "Set INFLUXDB_V2_TOKEN (or INFLUXDB_V2_TOKEN_FILE) to a token that may write to "
            f"{bucket}.",
        )
    if status == 404:
        return Finding(
            topic,
            Level.WRONG,
            f"There is no such bucket in the organization {settings.org}, or no such organization "
            "(404).",
            _how_to_make(settings, kind, bucket),
        )
    return Finding(
        topic, Level.WRONG, f"The store refuses to be written to ({status}).", "Read its log."
    )


def _how_to_make(settings: Settings, kind: str, bucket: str) -> str:
    names = "INFLUXDB_V2_BUCKET, SWARMSCOPE_BUCKET_LONG and INFLUXDB_V2_ORG"
    if kind == EMBEDDED:
        return f"Start `swarmscope serve` with the same {names}."
    retention_s = RETENTION_S if bucket == settings.bucket else FOREVER
    made = by_hand(settings, Bucket(bucket, retention_s))
    return f"Make it (`{COMMAND}`, or: {made}), or correct {names}."


def _check_reading(settings: Settings) -> Finding:
    now = time.time_ns() // 1_000_000
    try:
        with open_store(settings, {}, url=settings.url) as reader:
            runs = reader.ask(Question("runs", start=now - 3_600_000, stop=now + 1_000)).rows
    except SwarmscopeError as error:
        return Finding("reading", Level.WRONG, error.happened, error.remedy)
    return Finding(
        "reading", Level.FINE, f"It can be asked: {count_of(len(runs), 'run')} in the last hour."
    )


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


def check_listener() -> Finding:
    """Import the listener as Locust would: in a process of its own, for it patches the world."""
    try:
        done = subprocess.run(
            # Not from the current folder (-P): a diagnosis runs nothing of what lies there.
            [sys.executable, "-P", "-c", "import swarmscope.listener"],
            capture_output=True,
            text=True,
            timeout=_IMPORT_TIMEOUT_S,
            check=False,
            env={**os.environ},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("listener", Level.WRONG, f"It can't be imported ({error}).", "Try by hand.")
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        return Finding(
            "listener",
            Level.WRONG,
            f"It can't be imported ({reason[0]}).",
            f"See the whole error: {sys.executable} -P -c 'import swarmscope.listener'",
        )
    return Finding("listener", Level.FINE, "It can be imported.")
