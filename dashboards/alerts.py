"""The alert rules: what must be looked at while a test runs, and only then.

Each rule asks about all runs of the last minutes at once, and has one alert for each run or worker.
Without a run there is no row, and no row means that all is well.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboards import config, flux
from swarmscope import schema

GROUP = "Load tests"
_EXPRESSIONS = "__expr__"
_PLACE = re.compile(r"^(\w+) = 0(?:\.0)?$", re.MULTILINE)
_SHARE = "{{ with $values.B }}{{ humanizePercentage .Value }}{{ end }}"
_NUMBER = '{{ with $values.B }}{{ printf "%.0f" .Value }}{{ end }}'
"""The rule's value. It is absent when there was no row: the sentence is made all the same."""
_RUNBOOK = "{{{{ externalURL }}}}d/../{}"
"""Grafana fills this in where an alert is sent or shown, but not where its rule is: there a browser
takes it for an address below Grafana's own, of which ``d/..`` takes the first part away again."""
_RUN_URL = (
    f"{{{{ externalURL }}}}d/../d/{config.OVERLAY}?var-run={{{{ urlquery $labels.run }}}}"
    "&from=now-15m&to=now"
)
"""The run on its board, with its newest quarter of an hour; the board leads to all of it."""
_RUN = "Run {{ $labels.run }}"
_WORKER = "{{ $labels.worker }} of run {{ $labels.run }}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One alert rule; its query is ``flux/alerts/NAME.flux``."""

    name: str
    title: str
    summary: str
    """A sentence for a human; ``$values.B`` is the value."""
    advice: str
    runbook: str
    above: float = 0
    """What a value must exceed."""
    severity: str = "critical"
    seconds: int = 60
    """How far back it looks."""
    held: str = config.ALERT_FOR
    """For how long it must hold."""
    places: Mapping[str, float] = field(default_factory=dict)
    """What takes the place of a 0 in the query."""

    @property
    def uid(self) -> str:
        """What Grafana knows it by."""
        return f"swarmscope-{self.name}"


RULES = (
    Rule(
        name="failures",
        title="Requests fail",
        above=config.ALERT_FAILED_SHARE,
        summary=f"{_RUN}: {_SHARE} of the last minute's requests "
        f"failed; more than {config.ALERT_FAILED_SHARE:.0%} is too many.",
        advice="See which endpoint and which status it is in the board's tables, and whether it "
        "began with a step of the load.",
        runbook="failures",
        places={"requests_needed": config.ALERT_REQUESTS},
    ),
    Rule(
        name="p95",
        title="Responses are slow",
        severity="warning",
        above=config.ALERT_P95_MS,
        summary=f"{_RUN}: one request in twenty took longer than {_NUMBER} ms in the last minute; "
        f"the limit is {config.ALERT_P95_MS:.0f} ms.",
        advice="First rule out the generators (their own alert), then look for the machine that "
        "was busy when it began.",
        runbook="latency",
        places={"requests_needed": config.ALERT_REQUESTS},
    ),
    Rule(
        name="saturated",
        title="A generator is saturated",
        summary=f"{_WORKER} was over its limits in {_SHARE} of the "
        f"last minute's seconds (CPU above {config.WORKER_CPU_LIMIT:.0f} % of a core, or its loop "
        f"late by more than {config.WORKER_LAG_LIMIT_MS:.0f} ms): response times are its own.",
        advice="Don't trust this run's response times. If its own CPU is full, add workers; if its "
        "machine's is, see what else runs there.",
        runbook="generators",
        places={
            "cpu_limit": config.WORKER_CPU_LIMIT,
            "lag_limit": config.WORKER_LAG_LIMIT_MS,
            "saturated_share": schema.GENERATOR_SATURATED_SHARE,
            "saturated_windows": schema.GENERATOR_SATURATED_WINDOWS,
            "lasting_share": schema.GENERATOR_LASTING_SHARE,
        },
    ),
    Rule(
        name="lost",
        title="Points are lost",
        seconds=120,
        held=config.ALERT_AT_ONCE,
        summary=f"{_WORKER} lost points ({_NUMBER}): dropped by a full spool, or refused by the "
        "store.",
        advice="What is lost stays lost; the audit says how much it is. The worker's log says why.",
        runbook="delivery",
    ),
    Rule(
        name="waiting",
        title="Points wait for the store",
        severity="warning",
        summary=f"{_WORKER} still keeps requests ({_NUMBER}) that it saw a "
        "minute ago: the store takes less than is measured.",
        advice="Nothing is lost while the spool has room. Look at the store's disk and CPU.",
        runbook="delivery",
    ),
    Rule(
        name="silent",
        title="No data from a worker",
        above=config.ALERT_SILENCE_S,
        seconds=600,
        held=config.ALERT_AT_ONCE,
        summary=f"{_WORKER} has sent nothing for {_NUMBER} seconds, and did not say that it is "
        "done.",
        advice="See whether its process and its machine live, and whether it reaches the store: "
        "then it keeps its points, and sends them later.",
        runbook="delivery",
    ),
)


def query(rule: Rule) -> str:
    """Return the Flux of *rule* with its limits in their places.

    Raises:
        KeyError: the file has a place that *rule* says nothing of.

    """
    text = flux.read(f"alerts/{rule.name}")
    return _PLACE.sub(lambda found: f"{found[1]} = {rule.places[found[1]]}", text)


def _asked(rule: Rule) -> list[dict[str, Any]]:
    span = {"from": rule.seconds, "to": 0}
    asked = {
        "refId": "A",
        "datasource": {"type": "influxdb", "uid": config.DATA_SOURCE},
        "query": query(rule),
        "intervalMs": 1_000,
        "maxDataPoints": 1_000,
    }
    last: dict[str, Any] = {"refId": "B", "type": "reduce", "expression": "A", "reducer": "last"}
    above: dict[str, Any] = {
        "refId": "C",
        "type": "threshold",
        "expression": "B",
        "conditions": [{"evaluator": {"type": "gt", "params": [rule.above]}}],
    }
    return [
        {
            "refId": "A",
            "relativeTimeRange": span,
            "datasourceUid": config.DATA_SOURCE,
            "model": asked,
        },
        *(
            {
                "refId": model["refId"],
                "relativeTimeRange": span,
                "datasourceUid": _EXPRESSIONS,
                # Lengths that mean nothing here, as Grafana would fill them in.
                "model": {
                    "datasource": {"type": _EXPRESSIONS, "uid": _EXPRESSIONS},
                    "intervalMs": 1_000,
                    "maxDataPoints": 43_200,
                    **model,
                },
            }
            for model in (last, above)
        ),
    ]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "uid": rule.uid,
        "title": rule.title,
        "condition": "C",
        "data": _asked(rule),
        # No row: no run goes on, or none has enough requests.
        "noDataState": "OK",
        # InfluxDB away for some seconds (a backup) is no news about the target.
        "execErrState": "KeepLast",
        "for": rule.held,
        "annotations": {
            "summary": rule.summary,
            "description": rule.advice,
            "run_url": _RUN_URL,
            "runbook_url": _RUNBOOK.format(config.runbook(rule.runbook)),
            "__dashboardUid__": config.RUNBOOKS,
            "__panelId__": str(config.panel_of(rule.runbook)),
        },
        "labels": {"source": config.TAG, "severity": rule.severity},
    }


def provisioning() -> dict[str, Any]:
    """Return the rules as Grafana reads them from a file."""
    group = {
        "orgId": 1,
        "name": GROUP,
        "folder": config.ALERTS_FOLDER,
        "interval": config.ALERT_EVERY,
        "rules": [_rule(rule) for rule in RULES],
    }
    return {"apiVersion": 1, "groups": [group]}
