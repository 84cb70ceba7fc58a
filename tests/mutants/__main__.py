"""`make mutants`: mutate the core, or one MODULE of it, and write docs/mutants.md.

Ends with 1 if a mutant survives that `explained.toml` doesn't explain, or if a module's tests
notice less than nine of ten.
"""

import sys
import time

from tests.mutants.core import CORE
from tests.mutants.report import ENOUGH, Report
from tests.mutants.workshop import mutate


def main() -> None:
    """Run all of it, or what was asked for."""
    modules = sys.argv[1:] or list(CORE)
    if unknown := set(modules) - CORE.keys():
        raise SystemExit(f"Not of the core: {', '.join(unknown)}. It has {', '.join(CORE)}.")
    report = Report.read()
    wrong = False
    for module in modules:
        began = time.monotonic()
        score = mutate(module, CORE[module])
        report.take(module, score)
        report.write()
        unexplained = report.unexplained(module)
        wrong = wrong or score.share < ENOUGH or bool(unexplained)
        sys.stdout.write(
            f"{module}: {score.share:.1%} of {score.mutants} noticed "
            f"in {time.monotonic() - began:.0f} s\n"
        )
        for mutant in unexplained:
            sys.stdout.write(f"  survives, unexplained: {mutant.place}: {mutant.change}\n")
        sys.stdout.flush()
    sys.exit(wrong)


if __name__ == "__main__":
    main()
