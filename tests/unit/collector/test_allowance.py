"""How much memory a collector may have, flood after flood."""

from swarmscope.collector.collector import Allowance

_MB = 2**20


def test_what_the_allocator_keeps_is_allowed_and_not_without_an_end() -> None:
    allowance = Allowance(60 * _MB)
    assert allowance.bytes == 252 * _MB
    # All was given back: as before.
    allowance.keep(70 * _MB)
    assert allowance.bytes == 252 * _MB
    allowance.keep(230 * _MB)
    assert allowance.bytes == 278 * _MB
    allowance.keep(100 * _MB)
    assert allowance.bytes == 278 * _MB
    for left in range(280, 2_000, 40):
        allowance.keep(left * _MB)
    assert allowance.bytes == 444 * _MB
