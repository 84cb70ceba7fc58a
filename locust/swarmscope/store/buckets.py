"""The two buckets: whether they are there and may be written to, and making them.

What InfluxDB 2.9 was seen to do: a bucket that isn't there is 404 to everybody; one that is there,
and not for this token, is 403 to a write, and left out of a list. It is left out after the page was
cut: a list is empty, and names no next page, where all of its first buckets are somebody else's.
"""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from influxdb_client import BucketRetentionRules, InfluxDBClient
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from swarmscope.errors import ConfigurationError, StoreUnreachableError, SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.store.client import influx_client
from swarmscope.store.servers import EMBEDDED, health
from swarmscope.store.write import write_nothing
from swarmscope.transport.causes import ODD, cause, odd_answer, said

_DAY_S = 86_400
RETENTION_S = 30 * _DAY_S
"""Of the points of each second, unless somebody says otherwise."""
FOREVER = 0
"""InfluxDB's own word for a bucket without retention, in seconds."""
COMMAND = "swarmscope buckets create"
_AGAIN = f"`{COMMAND}` again does the rest."


class State(StrEnum):
    """What became of a bucket."""

    MADE = "made"
    THERE = "was there already"


@dataclass(frozen=True)
class Bucket:
    """A bucket as it shall be, or as it was found."""

    name: str
    retention_s: int | None
    """How long its points are kept: 0 is for ever, None not known to this token."""

    @property
    def kept(self) -> str:
        """Return how long its points are kept, in words."""
        if self.retention_s is None:
            return "how long its points are kept, this token may not see"
        if not self.retention_s:
            return "its points are kept for ever"
        days, rest = divmod(self.retention_s, _DAY_S)
        length = f"{self.retention_s / 3_600:g} hours" if rest else f"{days} days"
        return f"its points are kept for {length}"


def by_hand(settings: Settings, bucket: Bucket) -> str:
    """Return the command with which an operator of InfluxDB makes *bucket*."""
    words = ["influx", "bucket", "create", "--org", settings.org, "--name", bucket.name]
    if bucket.retention_s:
        words += ["--retention", f"{bucket.retention_s // 3_600}h"]
    return shlex.join(words)


def create(settings: Settings, wanted: list[Bucket]) -> Iterator[tuple[Bucket, State]]:
    """Make those of *wanted* that aren't there; yield each as it is then.

    One that is there stays as it is, whatever its retention.

    Raises:
        ConfigurationError: the token, or an embedded store, doesn't let us.
        StoreUnreachableError: the store doesn't answer, or doesn't know the token.

    """
    if health(settings).kind == EMBEDDED:
        for bucket in wanted:
            _look_into_embedded(settings, bucket.name)
            yield Bucket(bucket.name, 0), State.THERE
        return
    with influx_client(settings) as client:
        with _store_errors(settings, wanted):
            found = [_find(client, settings, bucket.name) for bucket in wanted]
        org_ids = [there.org_id for there in found if there is not None and there.org_id]
        missing = [bucket for bucket, there in zip(wanted, found, strict=True) if there is None]
        for bucket, there in zip(wanted, found, strict=True):
            if there is not None:
                yield there.bucket, State.THERE
                continue
            with _store_errors(settings, missing):
                org_id = org_ids[0] if org_ids else _org_id(client, settings)
            with _store_errors(settings, missing, making=bucket):
                _make(client, org_id, bucket)
            missing.remove(bucket)
            yield bucket, State.MADE


def _look_into_embedded(settings: Settings, name: str) -> None:
    status = write_nothing(settings, name)
    if status == 404:
        raise ConfigurationError(
            f"The embedded store at {settings.url} has no bucket {name} in an organization "
            f"{settings.org}: it has those that its own settings name.",
            data="Nothing was changed.",
            remedy="Start `swarmscope serve` with the same INFLUXDB_V2_BUCKET, "
            "SWARMSCOPE_BUCKET_LONG and INFLUXDB_V2_ORG.",
        )
    if status == 401:
        raise _unknown_token(settings)


@dataclass(frozen=True)
class _Found:
    bucket: Bucket
    org_id: str
    """Empty where the token may not see the bucket."""


def _find(client: InfluxDBClient, settings: Settings, name: str) -> _Found | None:
    try:
        found = client.buckets_api().find_buckets(name=name, org=settings.org).buckets
    except ApiException as error:
        if error.status == 404 and "bucket" in str(error.body):
            return None
        raise
    listed = _listed(found)
    if not listed:
        return _Found(Bucket(name, None), "")
    rules = [rule.every_seconds for rule in listed[0].retention_rules or ()]
    return _Found(Bucket(name, next(iter(rules), 0)), str(listed[0].org_id))


def _listed(found: list[Any] | None) -> list[Any]:
    """Return *found*, which influxdb-client leaves out where an answer was no list at all."""
    if found is None:
        raise _NoListError("its list is missing")
    return found


def _make(client: InfluxDBClient, org_id: str, bucket: Bucket) -> None:
    rules = [BucketRetentionRules(type="expire", every_seconds=bucket.retention_s or 0)]
    client.buckets_api().create_bucket(
        bucket_name=bucket.name, org_id=org_id, retention_rules=rules
    )


def _org_id(client: InfluxDBClient, settings: Settings) -> str:
    """Return the organization's id; none of the wanted buckets could be seen, which names it too.

    A token that may make buckets and not read organizations sees every bucket, or none: whatever
    is on the first page is enough.
    """
    seen = _listed(client.organizations_api().find_organizations(org=settings.org))
    if seen:
        return str(seen[0].id)
    buckets = _listed(client.buckets_api().find_buckets(org=settings.org).buckets)
    if buckets:
        return str(buckets[0].org_id)
    raise _NoRightError(f"read:orgs of {settings.org}")


class _NoListError(TypeError):
    """An answer lacks a list, which the error's text says."""


class _NoRightError(Exception):
    """The token lacks a right, which is the error's text."""


@contextmanager
def _store_errors(
    settings: Settings, missing: list[Bucket], making: Bucket | None = None
) -> Iterator[None]:
    """Turn what goes wrong inside into our own errors; *missing* are those not made so far.

    Of one that is asked for inside, *making*, nobody knows where no answer says it.
    """
    try:
        yield
    except _NoRightError as error:
        raise _no_right(settings, missing, str(error)) from error
    except (ApiException, HTTPError, OSError) as error:
        # Without a status no connection could be made.
        if isinstance(error, ApiException) and error.status:
            raise _refused(settings, missing, making, error) from error
        raise StoreUnreachableError(
            f"InfluxDB at {settings.where} does not answer ({cause(error)}).",
            data=_fate(missing, making),
            remedy=_AGAIN,
        ) from error
    except ODD as error:
        raise odd_answer(
            settings.url,
            "as InfluxDB 2 does",
            str(error) if isinstance(error, _NoListError) else type(error).__name__,
            data=f"Which of them it has isn't known: {', '.join(one.name for one in missing)}.",
            remedy="Is INFLUXDB_V2_URL right, and does a proxy stand between? `swarmscope "
            "doctor` looks.",
        ) from error


def _refused(
    settings: Settings, missing: list[Bucket], making: Bucket | None, error: ApiException
) -> SwarmscopeError:
    told = said(error.message or error.body or error.reason)
    if error.status in (401, 403):
        # "write:orgs/ID/buckets is unauthorized" of a right, "unauthorized access" of a token.
        right, sign, _ = told.partition(" is unauthorized")
        return _no_right(settings, missing, right) if sign else _unknown_token(settings)
    if error.status == 404:
        return ConfigurationError(
            f"InfluxDB at {settings.url} has no organization {settings.org} (404).",
            data=_untouched(missing),
            remedy="Correct INFLUXDB_V2_ORG.",
        )
    # A server that fails may have made it, and a proxy in between doesn't know.
    unknown = making if error.status >= 500 else None
    return StoreUnreachableError(
        f"InfluxDB at {settings.url} refused it ({error.status}: {told}).",
        data=_fate(missing, unknown),
        remedy=f"{_AGAIN} Its own log says more." if unknown else "Its own log says more.",
    )


def _no_right(settings: Settings, missing: list[Bucket], right: str) -> ConfigurationError:
    commands = " && ".join(by_hand(settings, bucket) for bucket in missing)
    return ConfigurationError(
        f"The token may not make buckets: it lacks the right {right}.",
        data=_untouched(missing),
        remedy=f"Set INFLUXDB_V2_TOKEN to one that may, or have an operator run: {commands}",
    )


def _unknown_token(settings: Settings) -> StoreUnreachableError:
    held = "refused the token" if settings.token else "wants a token, and none is set"
    return StoreUnreachableError(
        f"The store at {settings.url} {held} (401).",
        data="Nothing was changed.",
        remedy="Set INFLUXDB_V2_TOKEN (or INFLUXDB_V2_TOKEN_FILE) to one that it knows.",
    )


def _fate(missing: list[Bucket], unknown: Bucket | None) -> str:
    left = [bucket for bucket in missing if bucket is not unknown]
    told = [f"Whether {unknown.name} was made isn't known."] if unknown else []
    return " ".join([*told, _untouched(left)] if left else told)


def _untouched(missing: list[Bucket]) -> str:
    return f"Not made: {', '.join(bucket.name for bucket in missing)}."
