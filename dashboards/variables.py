"""What can be picked on a board: the run, and of it endpoints, workers and hosts."""

from collections.abc import Iterable, Iterator

from grafana_foundation_sdk.builders.dashboard import CustomVariable, QueryVariable
from grafana_foundation_sdk.models.dashboard import (
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from dashboards import config, flux, target
from swarmscope import schema

_POINTS = "Whose points are drawn over all workers: what the master merged, or each worker's own."
_SUMMARY = "Where a summary of the whole run is, if it is to be read."
_CARRIED = "Of no use on this board: kept for those that it narrows down."
CARRIED = ("endpoint", "worker", "host")
"""What every board of a run has, so that a choice is kept on the way over it."""
_ALL = VariableOption(text="All", value="$__all")


def _query(name: str, file: str, label: str = "", description: str = "") -> QueryVariable:
    return _asked(name, flux.own(file), label, description)


def _asked(name: str, text: str, label: str = "", description: str = "") -> QueryVariable:
    return (
        QueryVariable(name)
        .label(label)
        .description(description)
        .datasource(target.source())
        .query({"query": text, "refId": name})
        .definition(text)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.DISABLED)
        .allow_custom_value(False)
    )


def _several(name: str, label: str, description: str) -> QueryVariable:
    variable = _query(name, f"{name}s", label, description)
    return variable.multi(True).include_all(True).all_value(config.EVERYTHING[name]).current(_ALL)


def run() -> QueryVariable:
    """Return the choice of one run in the board's time range, at first the newest."""
    text = "Runs with data in the time range first, then all others; the newest first."
    return _query("run", "runs", "Run", text)


def end() -> QueryVariable:
    """Return what nobody picks: until when the run went on, ms since 1970, or `now`."""
    variable = _query("run_end", "run_end")
    return variable.hide(VariableHide.HIDE_VARIABLE)


def refresh() -> QueryVariable:
    """Return what nobody picks: how often a board of the run asks anew."""
    variable = _hidden("run_refresh", flux.own("run_refresh"), "How often the run is asked anew.")
    variable.build().skip_url_sync = True
    return variable


def watermark() -> QueryVariable:
    """Return what nobody picks: up to when all of the run is stored, ms since 1970."""
    variable = _hidden("watermark", flux.own("watermark"), "Up to when all of the run is stored.")
    # Of a run that goes on it is another one each time. The builder has no method for that.
    variable.build().skip_url_sync = True
    return variable


def resolution() -> QueryVariable:
    """Return what nobody picks: the seconds of the run's windows, below which no rate is right."""
    variable = _query("resolution", "resolution", "Resolution", "Seconds of the run's windows.")
    return variable.hide(VariableHide.HIDE_VARIABLE)


def endpoint_resolution(*, of_two: bool = False) -> QueryVariable:
    """Return what nobody picks: the seconds of which an endpoint of the run has a histogram.

    *of_two* runs it is the longer one: one can only be compared with the other in the same windows.
    """
    name, text = "endpoint_resolution", flux.own("endpoint_resolution")
    if of_two:
        one = 'r.run == "${run}"'
        text = text.replace(one, f'({one} or r.run == "${{baseline}}")')
    return _hidden(name, text, "Seconds of which an endpoint has a histogram.")


def minutes(of: str = "run") -> QueryVariable:
    """Return what nobody picks: the bucket of a run's minutes, or of its seconds without any.

    *of* is the variable with the run, or empty for all runs in the range.
    """
    name = "baseline_minutes" if of == "baseline" else "minutes"
    text = flux.own("minutes").replace("${run}", f"${{{of}}}") if of else flux.own("minutes_of_all")
    what = "Where points of whole minutes are read, of long windows and long ranges."
    return _hidden(name, text, what)


def long_bucket() -> QueryVariable:
    """Return what nobody picks: the bucket that outlives the seconds, or theirs without one."""
    what = "Where summaries are kept when the seconds are gone."
    return _hidden("minutes", flux.own("long_bucket"), what)


def points() -> QueryVariable:
    """Return what nobody picks: how measurements begin that are drawn over all workers."""
    return _hidden("points", flux.own("points"), _POINTS)


def summary() -> QueryVariable:
    """Return what nobody picks: the bucket with a summary of all of the run, or nothing."""
    return _hidden("summary", flux.own("summary"), _SUMMARY)


def of_two_masters() -> Iterator[QueryVariable]:
    """Yield the same of two runs, whose workers can't be picked."""
    for name, what in (("points", _POINTS), ("summary", _SUMMARY)):
        text = flux.own(name, everything=("worker",))
        yield _hidden(name, text, what)
        yield _hidden(f"baseline_{name}", flux.then(text), what)


def _hidden(name: str, text: str, what: str) -> QueryVariable:
    return _asked(name, text, description=what).hide(VariableHide.HIDE_VARIABLE)


def baseline() -> QueryVariable:
    """Return the choice of the run to compare with, wherever in the last months it lies."""
    text = (
        "At first the newest run of the same test that began before this one, is over and had "
        "requests, or (none). Behind it all others that are kept, those of the same test first."
    )
    return _query("baseline", "baselines", "Compared with", text)


def begin(of: str) -> QueryVariable:
    """Return what nobody picks: when a run began, ms since 1970."""
    variable = _query(f"{of}_start", f"{of}_start")
    return variable.hide(VariableHide.HIDE_VARIABLE)


def level() -> CustomVariable:
    """Return the choice of what is read of a log."""
    text = "What a service calls by another name, or doesn't call at all, is always shown."
    first, *_ = config.LOG_LEVELS
    options = [
        VariableOption(text=one, value=one, selected=one == first) for one in config.LOG_LEVELS
    ]
    return (
        _words("level", "Level", text)
        .values(",".join(config.LOG_LEVELS))
        .options(options)
        .current(options[0])
    )


def apdex_t() -> CustomVariable:
    """Return the choice of the response time that satisfies, ms: one of a list, or any other."""
    text = "Apdex's T: up to it a response time satisfies, up to four times as much is tolerated."
    choices = list(map(str, config.APDEX_TS_MS))
    options = [
        VariableOption(text=ms, value=ms, selected=ms == str(schema.APDEX_T_MS)) for ms in choices
    ]
    (usual,) = (option for option in options if option.selected)
    return (
        _words("apdex_t", "T, ms", text)
        .allow_custom_value(True)
        .values(",".join(choices))
        .options(options)
        .current(usual)
    )


def origin() -> CustomVariable:
    """Return the choice of whose log is read."""
    variable = _words("origin", "Log of", "The services under test, or Locust itself.")
    options = [VariableOption(text=one, value=one) for one in config.LEVELS]
    return (
        variable.values(",".join(config.LEVELS))
        .options([_ALL, *options])
        .include_all(True)
        .all_value(config.EVERYTHING["origin"])
        .current(_ALL)
    )


def of_runs() -> tuple[QueryVariable, QueryVariable, CustomVariable]:
    """Return what can be picked of a list of runs: tests, labels, and what audits found."""
    options = [VariableOption(text=one, value=one) for one in config.VERDICTS]
    verdict = (
        _words(
            "verdict", "Data", "What the newest audit found; running: whatever it has found yet."
        )
        .values(",".join(config.VERDICTS))
        .options([_ALL, *options])
        .multi(True)
        .include_all(True)
        .all_value(config.EVERYTHING["verdict"])
        .current(_ALL)
    )
    return (
        _several("test", "Test", "What was run: the locustfile's name, or SWARMSCOPE_TEST."),
        _several("label", "Label", "What was said of the run as it was started; (none): nothing."),
        verdict,
    )


def test_of_a_history() -> QueryVariable:
    """Return the choice of a test, at first the one that was run last."""
    return _query("test", "history_tests", "Test", "Whose runs are drawn, one after the other.")


def history() -> QueryVariable:
    """Return the choice of the runs of a test that were made alike."""
    text = "Where they were made, and with how many users: others are another history."
    return _query("history", "histories", "Made in, with", text)


def endpoint_of_a_history() -> QueryVariable:
    """Return the choice of one endpoint, or of all of them together."""
    text = "One endpoint, or all of them together."
    variable = _query("endpoint", "summarised_endpoints", "Endpoint", text)
    return variable.include_all(True).all_value(config.EVERYTHING["endpoint"]).current(_ALL)


def _words(name: str, label: str, description: str) -> CustomVariable:
    return CustomVariable(name).label(label).description(description).allow_custom_value(False)


def others() -> tuple[QueryVariable, QueryVariable]:
    """Return the choice of whatever else is in the bucket: a measurement, and its numbers."""
    text = "Business numbers, or whatever else a team writes, drawn over the load."
    measurement = _query("other_measurement", "other_measurements", "Over the load", text)
    numbers = _query("other_field", "other_fields", "its", "Numbers of it.")
    return measurement, numbers.multi(True).include_all(True).all_value(".*").current(_ALL)


def carried(shown: Iterable[QueryVariable | CustomVariable]) -> Iterator[QueryVariable]:
    """Yield what can be picked on other boards than one with those *shown*.

    On the way over it the choice is kept, and seen by who looks for it.
    """
    names = {variable.build().name for variable in shown}
    for name, variable in zip(CARRIED, (endpoint(), worker(), host()), strict=True):
        if name not in names:
            yield rare(variable.description(_CARRIED))


def endpoint() -> QueryVariable:
    """Return the choice of endpoints."""
    return _several("endpoint", "Endpoint", "Narrows load, response times and failures down.")


def candidates() -> QueryVariable:
    """Return what nobody picks: an expression for the ten busiest endpoints."""
    variable = _query("candidates", "candidates", "Busiest", "The ten busiest endpoints.")
    return variable.hide(VariableHide.HIDE_VARIABLE)


def unsummarised() -> QueryVariable:
    """Return what nobody picks: an expression for the runs that no summary tells of."""
    variable = _query(
        "unsummarised", "unsummarised", "", "Runs that are counted from their points."
    )
    # Of many runs it would be longer than an address may be. The builder has no method for that.
    variable.build().skip_url_sync = True
    return variable.hide(VariableHide.HIDE_VARIABLE)


def worker() -> QueryVariable:
    """Return the choice of workers."""
    return _several("worker", "Worker", "Narrows down to what these workers sent.")


def host() -> QueryVariable:
    """Return the choice of machines, shown with their roles."""
    variable = _several("host", "Host", "Machines: generators make the load, targets are under it.")
    return variable.regex(r"/^(?<text>(?<value>.+) \([a-z]+\))$/")


def rare(variable: QueryVariable) -> QueryVariable:
    """Return *variable* where it takes no room: in the menu with the three dots."""
    return variable.hide(VariableHide.IN_CONTROLS_MENU)


def in_link(*names: str) -> str:
    """Return what hands the choice of these variables on in a link."""
    return "&".join(f"${{{name}:queryparam}}" for name in names)
