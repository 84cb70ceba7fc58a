"""The scores as docs/mutants.md has them, with why each survivor may survive."""

import json
import re
import tomllib
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from tests.mutants.code import applies, functions_of, source_of
from tests.mutants.core import CORE, TOO_SLOW
from tests.mutants.workshop import ROOT, Mutant, Score

DOCUMENT = ROOT / "docs" / "mutants.md"
SCORES = Path(__file__).with_name("scores.json")
EXPLAINED = Path(__file__).with_name("explained.toml")
ENOUGH = 0.9
"""The share of a module's mutants that its tests must notice."""

_WORDING = "only the wording of a message, or the case of an SQL statement"
_GONE = (
    "in code that was changed since it was measured; what the tests would notice now isn't known"
)
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'')
_HEAD = """\
<!-- Written by `make mutants`: run it again instead of editing. -->

# Mutants

Would the tests notice if the code were wrong? [mutmut](https://mutmut.readthedocs.io) changes one
operator, number, text, argument or assignment of a function at a time and runs the tests that reach
it: those of `tests/mutants/core.py`, in one process. A change that no test notices is a gap in the
tests, or makes no difference; each that is left is listed with its reason. Not changed are what
stands outside functions (constants, patterns, defaults of dataclasses) and decorated functions
(properties, context managers: `spool/schema` has little else).

*Noticed* are those that were killed or never came to an end (a test that takes longer than eight
seconds counts as failed). *But wording* leaves out survivors
that change only how a message reads, or the case of an SQL statement: {enough} % are asked for.
A module's numbers are those of the day on which it was measured; survivors in code that was changed
since are said to be.

`make mutants`, or `make mutants MODULE=recording/window`, and with `AGAIN=1` only what survived
last time. It isn't part of CI: all of it takes more than an hour of one core.

| module | mutants | killed | timed out | survived | noticed | but wording |
|---|--:|--:|--:|--:|--:|--:|
"""


class Report:
    """Scores by module, kept between runs: one module can be measured anew."""

    def __init__(self, scores: dict[str, Score]) -> None:
        self._scores = scores
        self._reasons = _reasons()

    @classmethod
    def read(cls) -> "Report":
        """Return what was measured last."""
        found = json.loads(SCORES.read_text(encoding="utf-8")) if SCORES.exists() else {}
        return cls(
            {
                module: Score(**{**score, "survivors": [Mutant(*m) for m in score["survivors"]]})
                for module, score in found.items()
                if module in CORE
            }
        )

    def take(self, module: str, score: Score) -> None:
        """Put the new *score* of *module* in the place of the old one."""
        self._scores[module] = score

    def unexplained(self, module: str) -> list[Mutant]:
        """Return the survivors in *module* that have no reason."""
        return [m for m in self._scores[module].survivors if not self._reason(module, m)]

    def _reason(self, module: str, mutant: Mutant) -> str:
        if is_wording(mutant.change):
            return _WORDING
        return self._reasons.get((module, mutant.place, mutant.change), "")

    def write(self) -> None:
        """Write both files."""
        found = {
            module: asdict(score) | {"survivors": [[m.place, m.change] for m in score.survivors]}
            for module, score in sorted(self._scores.items())
        }
        SCORES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        DOCUMENT.write_text(self.document(), encoding="utf-8")

    def document(self) -> str:
        """Return the text of docs/mutants.md."""
        measured = {module: self._scores[module] for module in CORE if module in self._scores}
        total = Score(
            sum(score.mutants for score in measured.values()),
            sum(score.killed for score in measured.values()),
            sum(score.timed_out for score in measured.values()),
            [mutant for score in measured.values() for mutant in score.survivors],
        )
        rows = [_row(f"`{module}`", score) for module, score in measured.items()]
        head = _HEAD.format(enough=round(100 * ENOUGH))
        missing = [module for module in CORE if module not in measured]
        slow = ", ".join(f"`{module}`" for module in missing if module in TOO_SLOW)
        later = ", ".join(f"`{module}`" for module in missing if module not in TOO_SLOW)
        parts = [head + "".join([*rows, _row("all", total)])]
        if slow:
            parts.append(
                f"Not measured: {slow}. Their tests go through disks, sockets, "
                "threads and pauses that are real: too slow for each of hundreds of mutants.\n"
            )
        if later:
            parts.append(f"Not measured so far: {later}.\n")
        parts += [self._survivors(module) for module, score in measured.items() if score.survivors]
        return "\n".join(parts)

    def _survivors(self, module: str) -> str:
        by_reason: dict[str, list[Mutant]] = defaultdict(list)
        functions = functions_of(source_of(module))
        for mutant in self._scores[module].survivors:
            there = applies(mutant.change, functions.get(mutant.place, ""))
            reason = self._reason(module, mutant) or "**unexplained**"
            by_reason[reason if there else _GONE].append(mutant)
        lines = [f"## Survivors in `{module}`\n"]
        for reason, mutants in by_reason.items():
            lines.append(f"{len(mutants)}: {reason}\n")
            if reason != _WORDING:
                lines += [f"- `{mutant.place}`: `` {mutant.change} ``" for mutant in mutants]
                lines.append("")
        return "\n".join(lines)


def _reasons() -> dict[tuple[str, str, str], str]:
    tables = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    return {
        (module, reason["in"], change): reason["why"]
        for module, reasons in tables.items()
        for reason in reasons
        for change in reason["changes"]
    }


def _row(name: str, score: Score) -> str:
    return (
        f"| {name} | {score.mutants} | {score.killed} | {score.timed_out} "
        f"| {len(score.survivors)} | {100 * score.share():.1f} % "
        f"| {100 * score.share(is_wording):.1f} % |\n"
    )


def is_wording(change: str) -> bool:
    """Whether *change* pads a sentence, or changes its case, and nothing else."""
    before, _, after = change.partition(" + ")
    texts = [[a or b for a, b in _LITERAL.findall(line)] for line in (before, after)]
    if len(texts[0]) != len(texts[1]) or _LITERAL.sub("", before[2:]) != _LITERAL.sub("", after):
        return False
    changed = [(old, new) for old, new in zip(*texts, strict=True) if old != new]
    return all(
        " " in old.strip() and new.removeprefix("XX").removesuffix("XX").lower() == old.lower()
        for old, new in changed
    ) and bool(changed)
