"""A verdict in OpenMetrics' text format, as GitLab compares it with that of the target branch."""

from collections.abc import Iterator

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.verdict import Judged, RunVerdict, Verdict
from swarmscope.terminal import one_line

_VALUE, _KEPT, _VERDICT = (f"swarmscope_{n}" for n in ("threshold", "threshold_kept", "verdict"))


def open_metrics(found: RunVerdict) -> str:
    """Return the value of each threshold, whether it is kept, and the verdict.

    The run's id isn't in it: what has another name in each run can't be compared.
    """
    return "\n".join([*_lines(found), "# EOF", ""])


def _lines(found: RunVerdict) -> Iterator[str]:
    yield from _head(_VALUE, "gauge", "What was measured, in its unit.")
    for one in found.judged:
        if one.result.value is not None:
            yield f"{_VALUE}{_labels(one)} {one.result.value:.6g}"
    yield from _head(_KEPT, "gauge", "Whether it is kept; where nobody can tell it isn't here.")
    for one in found.judged:
        if one.result.outcome is not Outcome.UNKNOWN:
            yield f"{_KEPT}{_labels(one)} {int(one.result.outcome is Outcome.KEPT)}"
    yield from _head(_VERDICT, "stateset", "What the run ended with.")
    for verdict in Verdict:
        yield f'{_VERDICT}{{{_VERDICT}="{verdict}"}} {int(found.verdict is verdict)}'


def _head(name: str, kind: str, told: str) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    yield f"# HELP {name} {told}"


def _labels(one: Judged) -> str:
    labels = {"sentence": one.sentence, "of": one.of, "unit": one.rule.threshold.metric.unit}
    return "{" + ",".join(f'{name}="{_text(text)}"' for name, text in labels.items()) + "}"


def _text(text: str) -> str:
    # GitLab takes what is behind a # for a comment, wherever it stands.
    plain = one_line(text).replace("#", "\uff03")
    return plain.replace("\\", "\\\\").replace('"', '\\"')
