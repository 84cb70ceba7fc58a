"""What pytest does differently for mutants: each starts it anew, and most do little else."""

import gc

from hypothesis import Phase, settings

from tests.fixtures import patience

# The same few inputs each time, and no search for smaller ones.
settings.register_profile(
    "mutants",
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
    deadline=None,
)
settings.load_profile("mutants")
# What a mutant keeps from happening is given up after four seconds.
patience._STEPS = 200


def pytest_sessionstart() -> None:
    """Leave what came with the fork to the parent: looking through it would copy all of it."""
    gc.freeze()
