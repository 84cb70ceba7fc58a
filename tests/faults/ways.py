"""Ways in which requests might pass by whoever records them: `fooling` tries each of them.

The witness of each is the scenario itself: it writes a request down before it fires it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.fixtures.locusts import LISTENER, SCENARIOS, SHORT

_OPTIONS = ("--headless", "-u", "2", "-r", "10", "-t", "4", "--only-summary")
_MORE = ("--headless", "-u", "10", "-r", "2", "-t", "20", "--only-summary")


@dataclass(frozen=True)
class Way:
    """One way; what it needs to be tried, and what must come of it."""

    name: str
    done: str
    files: tuple[Path, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = SHORT
    workers: int = 0
    said: str = ""
    """What the audit must say; empty: that the run is complete, and everything is stored."""
    logged: str = ""
    """What the process must say of what can be neither stored nor audited."""


def _passing(
    way: str, name: str, done: str, *, said: str = "", logged: str = "", first: bool = False
) -> Way:
    """Return a way of `passes_by.py`; *first*: the listener's file is loaded before it."""
    scenario = SCENARIOS / "passes_by.py"
    files = (LISTENER, scenario) if first else (scenario, LISTENER)
    return Way(name, done, files, {"SCENARIO_WAY": way}, _OPTIONS, said=said, logged=logged)


def _hooks(name: str, hooks: str, pause: str = "0", workers: int = 0) -> Way:
    env = {"SCENARIO_HOOKS": hooks, "SCENARIO_PAUSE_S": pause}
    done = f"requests in {hooks.replace('leader_', '').replace(',', ', ')}"
    if pause != "0":
        done += f", {pause} s each"
    return Way(name, done, (SCENARIOS / "edges.py", LISTENER), env, workers=workers)


def _ending(end: str, name: str, done: str, *, said: str = "", workers: int = 0) -> Way:
    """Return a way of `at_the_end.py`."""
    files = (SCENARIOS / "at_the_end.py", LISTENER)
    return Way(name, done, files, {"SCENARIO_END": end}, said=said, workers=workers)


WAYS = (
    *(
        Way(
            f"a listener raises {reaction}",
            "added in events.init, before ours",
            (SCENARIOS / "reacts.py", LISTENER),
            {"SCENARIO_REACTION": reaction},
        )
        for reaction in (
            "StopUser",
            "StopTest",
            "RescheduleTask",
            "RescheduleTaskImmediately",
            "InterruptTaskSet",
        )
    ),
    _passing(
        "blocks", "a listener waits", "half a second for each request, from the start of the run"
    ),
    _passing(
        "pushes-in",
        "a listener is put in front and raises",
        "into the hook's own list, in mid-run",
        logged="put itself in front of swarmscope's listener",
    ),
    _passing(
        "removes-all",
        "all listeners are removed",
        "the hook's list is emptied in mid-run",
        said="an unknown rest may be missing",
        logged="took swarmscope's listener off the request event",
    ),
    _passing(
        "puts-aside",
        "swarmscope's listener is put aside",
        "for three requests, and put back at once",
        said="passed it by",
    ),
    _passing(
        "replaces",
        "the event is replaced",
        "events.request is another hook from mid-run on",
        said="an unknown rest may be missing",
        logged="took swarmscope's listener off the request event",
    ),
    _passing(
        "by-hand",
        "requests are only logged",
        "environment.stats.log_request, without the event",
        said="passed it by",
    ),
    _passing(
        "made-up-for",
        "requests are only logged, others lack a length",
        "one of each: Locust's listener can't take those, and the sums are equal",
        said="made up for in the sum by others",
    ),
    _passing(
        "failures-by-hand",
        "failures are only logged",
        "environment.stats.log_error, of requests that were fired as successes",
        said="that never reached swarmscope",
    ),
    _passing("new-statistics", "statistics are cleared", "clear_all and reset_all in mid-run"),
    _passing("native-thread", "requests come from native threads", "of gevent's pool"),
    _passing(
        "broken-arguments", "Locust's own listener fails", "a text as time, no length: it sums them"
    ),
    _passing(
        "forks",
        "a task forks",
        "and the child makes a request",
        logged="Requests of a forked process are not recorded",
    ),
    _hooks("setup and teardown", "init,test_start,test_stop,quitting,quit"),
    _hooks("slow teardown", "test_stop,quitting,quit", "0.5"),
    _hooks("teardown on workers", "test_stop,quitting,quit", "0.1", workers=2),
    _hooks(
        "setup and teardown on the master",
        "leader_test_start,leader_test_stop",
        "0.1",
        workers=1,
    ),
    _passing(
        "atexit",
        "an atexit function makes a request",
        "registered before Locust's own",
        said="final marker",
        logged="made after swarmscope has closed",
    ),
    Way(
        "a slow greenlet outlives the run",
        "a request every 0.6 s, while an atexit function waits for 2 s",
        (SCENARIOS / "goes_on.py", LISTENER),
        {"SCENARIO_PAUSE_S": "0.6", "SCENARIO_LINGER_S": "2"},
        said="final marker",
        logged="made after swarmscope has closed",
    ),
    *(
        Way(
            f"sys.exit() in {where}",
            "of the eighth of ten users",
            (SCENARIOS / "exits.py", LISTENER),
            {"SCENARIO_WHERE": where},
            _MORE,
            logged="they are ended, and what they requested is recorded",
        )
        for where in ("on_start", "task", "on_stop")
    ),
    *(
        Way(
            f"the process dies after teardown ({death})",
            "ten requests in quitting",
            (SCENARIOS / "dies_late.py", LISTENER),
            {"SCENARIO_DEATH": death},
            said="final marker",
        )
        for death in ("exit-in-quitting", "kill-in-quitting", "exit-in-quit")
    ),
    _passing(
        "by-hand-beside-early",
        "requests are only logged, others come at import",
        "as many: what only one of the two hears of must not make up for what only the other does",
        said="passed it by",
        first=True,
    ),
    _passing(
        "flood-at-import",
        "25,000 requests at import",
        "5,000 more than are remembered until Locust is there",
        said="lost 5,000 requests",
        first=True,
    ),
    *(
        Way(
            "requests to the last moment",
            f"of a greenlet that nobody stops, {often}",
            (SCENARIOS / "goes_on.py", LISTENER),
            {"SCENARIO_PAUSE_S": pause_s},
            said="final marker",
            logged="stays without its final marker",
        )
        for often, pause_s in (("500 a second", "0.002"), ("20 a second", "0.05"))
    ),
    _ending(
        "cleans-up-and-dies",
        "a request during the last flush, then the process dies",
        "in a test_stop listener behind ours; os._exit() in quitting",
    ),
    _ending(
        "logs-by-hand",
        "requests are only logged after the end",
        "environment.stats.log_request in quitting",
        said="7 passed it by",
    ),
    _ending(
        "master-logs-by-hand",
        "requests are only logged on the master",
        "in its quitting, where it has made none",
        said="7 passed it by",
        workers=1,
    ),
    _ending(
        "master-dies",
        "the master dies after teardown",
        "ten requests in its quitting, where it had made none",
        said="final marker",
        workers=1,
    ),
    _ending(
        "forgets-its-listeners",
        "all listeners are removed at the end",
        "the hook's list is emptied in test_stopping",
        said="an unknown rest may be missing",
    ),
    _ending(
        "thread-and-dies",
        "a native thread's teardown, then the process dies",
        "of gevent's pool, in quitting",
        said="final marker",
    ),
    _ending(
        "logs-in-early",
        "a listener holds requests up before the runner is there",
        "Locust counts later what was heard before",
    ),
    _ending(
        "sums-up",
        "an entry of one's own in Locust's statistics",
        "which counts each request again, in no total",
    ),
    _ending(
        "copies-statistics",
        "the statistics are replaced by their copy",
        "copy.deepcopy in mid-run",
    ),
)
