"""How far from its name a value is looked for, and where not."""

import pytest

from swarmscope.redaction import redact

NEAR, FAR = "x" * 100, "x" * 201


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            f'{{"field":"token","said":"{NEAR}","value":"hunter2"}}',
            f'{{"field":"token","said":"{NEAR}","value":"***"}}',
        ),
        (
            f'{{"value":"hunter2","said":"{NEAR}","field":"token"}}',
            f'{{"value":"***","said":"{NEAR}","field":"token"}}',
        ),
        # Several names look at the same values.
        (
            '{"value":"hunter2","val":"x7","field":"token","path":"password"}',
            '{"value":"***","val":"***","field":"token","path":"password"}',
        ),
        (
            '{"value":["hunter2","x7"],"field":"token"}',
            '{"value":***,"field":"token"}',
        ),
    ],
)
def test_a_value_is_found_before_and_behind_its_name(text: str, kept: str) -> None:
    assert redact(text) == kept
    assert redact(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        f'{{"field":"token","said":"{FAR}","value":"shown"}}',
        f'{{"value":"shown","said":"{FAR}","field":"token"}}',
        '[{"field":"token"},{"value":"shown"}]',
        '[{"value":"shown"},{"field":"token"}]',
        '<label for="token">Your token</label> value="shown"',
        '<input value="shown"><label for="token">Your token</label>',
        '{"value":["shown", "field":"token"}',
    ],
)
def test_what_is_far_or_in_another_object_is_no_value_of_it(text: str) -> None:
    assert redact(text) == text
