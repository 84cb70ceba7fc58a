"""Reading the history of a test: which runs belong together, and what became of each metric."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from swarmscope.baselines.comparable import unlike
from swarmscope.errors import NoDataError
from swarmscope.gate.metrics import named
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key
from swarmscope.store.question import Reader
from swarmscope.trend.found import Row, Trend, left_out
from swarmscope.trend.history import Past, all_past, with_endpoints
from swarmscope.trend.levels import FEWEST, Series, levels
from swarmscope.words import count_of

_OF_EACH = ("p50", "p95", "failure_rate")
_OF_ALL = (*_OF_EACH, "requests_per_second")
_LESS_IS_WORSE = "requests_per_second"


@dataclass(frozen=True)
class Wish:
    """Whose history is wanted.

    *test* and *environment*: "" for those of the newest run. *endpoints*: by name or as METHOD
    name, beside all of them together; *each*: every one. *margin*: a smaller change doesn't matter.
    *most*: of the newest so many runs. *any_locustfile*: also across changes of the test itself.
    """

    test: str = ""
    environment: str = ""
    endpoints: tuple[str, ...] = ()
    each: bool = False
    margin: float = 0.05
    most: int = 200
    any_locustfile: bool = False


def trend_of(reader: Reader, bucket_long: str, wish: Wish) -> Trend:
    """Return the history that *wish* asks for, and where its level changed.

    Raises:
        NoDataError: there is no run of it.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    of_test = _of_test(all_past(reader, bucket_long), wish)
    sound = [past for past in of_test if not past.doubt]
    alike, others = _alike(sound, wish)
    runs = alike[-wish.most :]
    if wish.each or wish.endpoints:
        runs = with_endpoints(reader, bucket_long, runs)
    return Trend(
        of_test[-1].made.conditions.test,
        tuple(runs),
        tuple(_rows(runs, wish)),
        max(0, FEWEST - len(runs)),
        tuple(left_out(of_test)),
        others,
        tuple(_unjudged(of_test, alike, wish)),
    )


def _of_test(every: Sequence[Past], wish: Wish) -> list[Past]:
    wanted = wish.test or (every[-1].made.conditions.test if every else "")
    found = [past for past in every if past.made.conditions.test == wanted]
    if wish.environment:
        found = [one for one in found if one.made.conditions.environment == wish.environment]
    if not found:
        where = f" in {wish.environment}" if wish.environment else ""
        of = f" of the test {wish.test}" if wish.test else ""
        raise NoDataError(
            f"The store has no run{of}{where}.",
            data="Nothing was looked at.",
            remedy="`swarmscope runs` lists the runs that it has, and their tests.",
        )
    return found


def _alike(sound: Sequence[Past], wish: Wish) -> tuple[list[Past], tuple[str, ...]]:
    """Return the runs that were made as the newest was, and what else there is."""
    if not sound:
        return [], ()
    histories: list[list[Past]] = []
    for past in reversed(sound):
        like = next((some for some in histories if not _why(some[0], past, wish)), None)
        if like is None:
            histories.append([past])
        else:
            like.append(past)
    own, *others = histories
    told = (f"{count_of(len(some), 'run')}: {_why(own[0], some[0], wish)[0]}" for some in others)
    return own[::-1], tuple(told)


def _why(new: Past, old: Past, wish: Wish) -> list[str]:
    """Return why two runs belong to two histories."""
    was = old.made
    if wish.any_locustfile:
        same = new.made.conditions.locustfile_hash
        was = replace(was, conditions=replace(was.conditions, locustfile_hash=same))
    return list(unlike(was, new.made))


def _unjudged(of_test: Sequence[Past], own: Sequence[Past], wish: Wish) -> Iterator[Past]:
    """Yield the runs that are newer than all of the *own* history, and were left out of it.

    What of them was made elsewhere doesn't belong to it, either; but their load isn't looked at (of
    a run that broke off it is less), and neither is the locustfile: one that was changed is no
    other place, and of the newest runs of the test nothing is known.
    """
    if not own:
        return
    newest = own[-1]
    for past in of_test:
        told = past.made.conditions
        as_new = replace(told, locustfile_hash=newest.made.conditions.locustfile_hash)
        made = replace(past.made, conditions=as_new, load=newest.made.load)
        nowhere = not (told.environment or told.machine)
        later = (past.start, past.run) > (newest.start, newest.run)
        if later and (nowhere or not _why(newest, replace(past, made=made), wish)):
            yield past


def _rows(runs: Sequence[Past], wish: Wish) -> Iterator[Row]:
    wanted = [(AGGREGATED, name) for name in _OF_ALL]
    wanted += [(key, name) for key in _endpoints(runs, wish) for name in _OF_EACH]
    for key, name in wanted:
        has = [_value(past, key, name) is not None for past in runs]
        known = [past for past, there in zip(runs, has, strict=True) if there]
        until = max((index for index, there in enumerate(has, 1) if there), default=0)
        # One that runs had again and again, and have no more: not one that is seldom.
        had = has[max(0, until - FEWEST) : until]
        vanished = until < len(runs) and len(had) == FEWEST and all(had)
        series = _series(known, key, name)
        enough = len(known) >= FEWEST
        yield Row(
            key,
            name,
            named(name).unit,
            name != _LESS_IS_WORSE,
            known,
            levels(series, margin=wish.margin, among=len(wanted)) if enough else None,
            runs[until:] if known else (),
            key == AGGREGATED or _is_named(key, wish) or vanished,
        )


def _endpoints(runs: Sequence[Past], wish: Wish) -> list[Key]:
    """Return the endpoints that are asked for.

    Raises:
        NoDataError: there is no such endpoint.

    """
    there = sorted({key for past in runs for key in past.came} - {AGGREGATED})
    for wanted in wish.endpoints:
        if not any(wanted in _names(key) for key in there):
            raise NoDataError(
                f"No run of this history has an endpoint {wanted}.",
                data="Nothing was looked at.",
                remedy="Name it as tables do: '/items', 'GET /items'; --each looks at all.",
            )
    return [key for key in there if wish.each or _is_named(key, wish)]


def _is_named(key: Key, wish: Wish) -> bool:
    return bool(_names(key).intersection(wish.endpoints))


def _names(key: Key) -> set[str]:
    """Return what people may call an endpoint."""
    return {key[0], f"{key[1]} {key[0]}".strip()}


def _value(past: Past, key: Key, name: str) -> float | None:
    came = past.came.get(key)
    if came is None:
        return None
    if name == "failure_rate":
        return came.failures / came.requests if came.requests else None
    value: float | None = getattr(came, name)
    return value


def _series(known: Sequence[Past], key: Key, name: str) -> Series:
    values = [value for past in known if (value := _value(past, key, name)) is not None]
    if name != "failure_rate":
        return Series(values)
    return Series(values, [(past.came[key].failures, past.came[key].requests) for past in known])
