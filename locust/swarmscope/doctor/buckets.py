"""Whether the buckets are there, and take what a worker writes."""

from collections.abc import Iterator
from dataclasses import replace

from swarmscope.doctor.finding import Finding, Level
from swarmscope.errors import StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.store.buckets import COMMAND, FOREVER, RETENTION_S, Bucket, by_hand
from swarmscope.store.servers import EMBEDDED
from swarmscope.store.write import write_nothing


def check_buckets(settings: Settings, kind: str) -> Iterator[Finding]:
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
