"""`make mutants`: mutate the core, or one MODULE of it, and write docs/mutants.md.

With `--again` only what survived last time is tried; with `--write` nothing is, and the document is
written anew, after a change of `explained.toml`. Ends with 1 if a mutant survives that isn't
explained there, or if a module's tests notice less than nine of ten.
"""

import sys
import time

from tests.mutants.core import CORE
from tests.mutants.report import ENOUGH, Report, is_wording
from tests.mutants.workshop import MutmutError, mutate


def main() -> None:
    """Run all of it, or what was asked for."""
    options = {argument for argument in sys.argv[1:] if argument.startswith("--")}
    modules = [argument for argument in sys.argv[1:] if argument not in options] or list(CORE)
    if unknown := set(modules) - CORE.keys():
        raise SystemExit(f"Not of the core: {', '.join(unknown)}. It has {', '.join(CORE)}.")
    if "--write" in options:
        Report.read().write()
        return
    wrong = False
    for module in modules:
        began = time.monotonic()
        try:
            score = mutate(module, CORE[module], again="--again" in options)
        except MutmutError as error:
            wrong = True
            sys.stdout.write(f"{module} is not measured: {error}\n")
            continue
        report = Report.read()  # another run may have measured another module meanwhile
        report.take(module, score)
        report.write()
        unexplained = report.unexplained(module)
        wrong = wrong or score.share(is_wording) < ENOUGH or bool(unexplained)
        sys.stdout.write(
            f"{module}: {score.share():.1%} of {score.mutants} noticed "
            f"in {time.monotonic() - began:.0f} s\n"
        )
        for mutant in unexplained:
            sys.stdout.write(f"  survives, unexplained: {mutant.place}: {mutant.change}\n")
        sys.stdout.flush()
    sys.exit(wrong)


if __name__ == "__main__":
    main()
