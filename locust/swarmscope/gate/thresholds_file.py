"""Thresholds of a test, read from the YAML file that people keep beside their locustfile."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from swarmscope.errors import ConfigurationError
from swarmscope.gate.metrics import Field
from swarmscope.gate.no_yaml import escaped, malformed, unreadable
from swarmscope.gate.quantities import seconds
from swarmscope.gate.sentences import SentenceError, read
from swarmscope.gate.threshold import Threshold
from swarmscope.gate.tokens import Token, tokens
from swarmscope.runs.doubts import Minded

_NOTHING = "Nothing was judged."
_MOST_BYTES = 1_000_000
_MOST_SAID = 20
_KEYS = ("fail", "warn", "warm_up", "generators", "baseline")
_LIKE = "fail:, warn:, warm_up:, generators: and baseline:"
_RULE = ("threshold", "abort", "delay")
_LIKE_RULE = "threshold:, abort: and delay:"
_TRUTHS = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


class Severity(StrEnum):
    """What a broken threshold makes of a run."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True)
class Rule:
    """A threshold as somebody wrote it."""

    threshold: Threshold
    severity: Severity
    sentence: str
    abort: bool = False
    """Whether a test that breaks it is ended at once."""
    delay: int = 0
    """Seconds from the run's begin, or from the end of its warm-up, in which it isn't."""
    line: int = field(default=0, compare=False)
    """Where it stands in its file, from 1; 0 of a command line."""

    @property
    def of_own_requests(self) -> bool:
        """Whether a run's own requests tell of it, which its master sees."""
        of_others = isinstance(self.threshold.metric, Field) or self.threshold.scope.tags
        return not (of_others or self.threshold.limit.relative)


@dataclass(frozen=True)
class Thresholds:
    """What is asked of a run."""

    rules: tuple[Rule, ...]
    warm_up: int = 0
    """Seconds at the run's begin that are left out."""
    generators: bool = True
    """Whether a run whose load generators were saturated can't be told anything of."""
    baseline: str = ""
    """What relative thresholds are held against: a baseline's name, or runs with commas between."""

    @property
    def minded(self) -> Minded:
        """What of a run's circumstances is a doubt."""
        judged = {str(rule.threshold.metric) for rule in self.rules}
        return Minded(self.generators, dropped="dropped_arrivals" not in judged)


def given(fail: list[str], warn: list[str], warm_up: str = "") -> Thresholds:
    """Return the thresholds of a command line.

    Raises:
        ConfigurationError: a sentence states none; the message shows where.

    """
    wrong: list[str] = []
    rules = []
    for severity, sentences in ((Severity.FAIL, fail), (Severity.WARN, warn)):
        for sentence in sentences:
            try:
                rules.append(Rule(read(sentence), severity, sentence))
            except SentenceError as error:
                wrong.append(pointed(f"--{severity}", sentence, error.column, str(error)))
    try:
        left_out = _seconds(warm_up) if warm_up else 0
    except SentenceError as error:
        wrong.append(pointed("--warm-up", warm_up, error.column, str(error)))
    if wrong:
        raise _refused("The thresholds of the command line can't be read:", wrong)
    return Thresholds(tuple(rules), left_out)


def read_file(path: Path) -> Thresholds:
    """Return the thresholds in the YAML file at *path*; docs/thresholds.md says what it may have.

    Raises:
        ConfigurationError: it can't be read; the message has line and column of each error.

    """
    try:
        import yaml  # noqa: PLC0415 - only who has such a file needs it
    except ImportError as error:
        raise ConfigurationError(
            "PyYAML isn't installed, which reads files of thresholds.",
            data=_NOTHING,
            remedy="pip install pyyaml, or give each sentence with --fail.",
        ) from error
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(
            f"{path} can't be read ({error.strerror}).",
            data=_NOTHING,
            remedy="Name the file of thresholds that lies beside your locustfile.",
        ) from error
    if len(content) > _MOST_BYTES:
        raise _refused(f"{path} is longer than a file of thresholds is:", ["1 MB is read."])
    try:
        root = yaml.compose(content, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        raise _refused(f"{path} is no YAML:", [unreadable(path, content, error)]) from error
    except yaml.MarkedYAMLError as error:
        raise _refused(f"{path} is no YAML:", [malformed(path, error)]) from error
    except (ValueError, OverflowError) as error:
        raise _refused(f"{path} is no YAML:", [escaped(path, content)]) from error
    except RecursionError as error:
        too_deep = "its parts lie too deep in each other."
        raise _refused(f"{path} can't be read:", [too_deep]) from error
    reader = _File(path)
    found = reader.thresholds(root)
    if reader.wrong:
        raise _refused(f"{path} can't be used:", reader.wrong)
    return found


class _File:
    """Reads the nodes of one file, and goes on behind what is wrong: all of it is said at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.wrong: list[str] = []

    def thresholds(self, root: Any) -> Thresholds:
        """Return what *root* has; `wrong` has what can't be read."""
        entries = self._entries(root, _KEYS, _LIKE)
        rules = [rule for severity in Severity for rule in self._rules(entries, severity)]
        warm_up = self._read(entries, "warm_up", _seconds, 0)
        generators = self._read(entries, "generators", _truth, True)
        if not rules and not self.wrong:
            self.wrong.append("it has no threshold: write one below fail:, like - p95 < 300ms")
        baseline = self._read(entries, "baseline", str.strip, "")
        return Thresholds(tuple(rules), warm_up, generators, baseline)

    def _entries(self, node: Any, known: Collection[str], like: str) -> dict[str, Any]:
        if node is None or node.id != "mapping":
            self._say(node, f"here are {like} expected")
            return {}
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.id != "scalar":
                self._say(key, f"one word is meant before the colon: there are {like}")
            elif key.value not in known:
                self._say(key, f"{key.value!r} isn't known here: there are {like}")
            elif key.value in found:
                self._say(key, f"{key.value} is there twice")
            else:
                found[key.value] = value
        return found

    def _rules(self, entries: dict[str, Any], severity: Severity) -> Iterator[Rule]:
        node = entries.get(severity)
        if node is None:
            return
        if node.id != "sequence":
            self._say(node, f"below {severity}: is a list, a - before each sentence")
            return
        for one in node.value:
            rule = self._rule(one, severity)
            if rule:
                yield rule

    def _rule(self, node: Any, severity: Severity) -> Rule | None:
        if node.id == "mapping" and any(key.value in _RULE for key, _ in node.value):
            return self._with_more(node, severity)
        if node.id != "scalar":
            self._say(node, "a sentence is meant; one with a colon in it stands in '…'")
            return None
        threshold = self._threshold(node)
        line = node.start_mark.line + 1
        return Rule(threshold, severity, node.value, line=line) if threshold else None

    def _with_more(self, node: Any, severity: Severity) -> Rule | None:
        """Return the rule of an entry that says more than its sentence."""
        entries = self._entries(node, _RULE, _LIKE_RULE)
        abort = self._read(entries, "abort", _truth, False)
        delay = self._read(entries, "delay", _seconds, 0)
        if abort and severity is Severity.WARN:
            self._say(entries["abort"], "what only warns ends no test: write it below fail:")
        if delay and not abort:
            self._say(entries["delay"], "it is how long abort: true waits, which isn't there")
        sentence = entries.get("threshold")
        if sentence is None or sentence.id != "scalar":
            self._say(sentence or node, "a sentence is missing: threshold: p95 < 300ms")
            return None
        rule = self._rule(sentence, severity)
        if abort and rule and not rule.of_own_requests:
            self._say(
                entries["abort"], "it ends no test: the master sees the run's own requests alone"
            )
        return rule and replace(rule, abort=abort is True, delay=delay or 0)

    def _threshold(self, node: Any) -> Threshold | None:
        try:
            return read(node.value)
        except SentenceError as error:
            quote = 1 if node.style in ("'", '"') else 0
            column = node.start_mark.column + quote + error.column
            at = f"{self._path}:{node.start_mark.line + 1}:{column + 1}"
            self.wrong.append(pointed(at, node.value, error.column, str(error)))
            return None

    def _read(
        self, entries: dict[str, Any], key: str, how: Callable[[str], Any], default: Any
    ) -> Any:
        node = entries.get(key)
        if node is None:
            return default
        try:
            return how(node.value) if node.id == "scalar" else self._say(node, "one word is meant")
        except SentenceError as error:
            return self._say(node, str(error))

    def _say(self, node: Any, what: str) -> None:
        mark = node and node.start_mark
        at = f"{self._path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{self._path}:1:1"
        self.wrong.append(f"{at}: {what}")


def pointed(at: str, sentence: str, column: int, message: str) -> str:
    """Return *message* with the *sentence* that it is about, and a sign below its *column*."""
    shown = " ".join(sentence.splitlines())
    return f"{at}: {message}\n    {shown}\n    {' ' * column}^"


def _seconds(text: str) -> int:
    first, *more = tokens(text)
    if len(more) != 1:
        Token("", text, 0).fail("a stretch of time is written like 10s, 5m or 1h")
    return seconds(first)


def _truth(text: str) -> bool:
    try:
        return _TRUTHS[text.lower()]
    except KeyError:
        raise SentenceError("on or off is expected here", 0) from None


def _refused(what: str, wrong: list[str]) -> ConfigurationError:
    more = len(wrong) - _MOST_SAID
    said = [*wrong[:_MOST_SAID], *([f"and {more:,} more"] if more > 0 else [])]
    return ConfigurationError(
        "\n".join((what, *said, "")),
        data=_NOTHING,
        remedy="docs/thresholds.md has the words that there are.",
    )
