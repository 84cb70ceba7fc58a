"""The blocks of the tutorial and the how-tos: each is run by a test, or says why it isn't."""

import pytest
from tests.fixtures import guides
from tests.fixtures.blocks import blocks, printed

NOT_RUN = [
    pytest.param(block.said["not run"], id=f"{page}:{block.line}")
    for page in guides.guides()
    for block in guides.blocks_of(page)
    if "not run" in block.said
]


@pytest.mark.parametrize("reason", NOT_RUN)
def test_a_block_that_is_not_run_says_why(reason: str) -> None:
    assert len(reason.split()) > 3
    pytest.skip(f"this block is not run: {reason}")


@pytest.mark.parametrize("page", guides.guides())
def test_python_of_a_page_is_python(page: str) -> None:
    for block in guides.blocks_of(page):
        if block.said.get("file", "").endswith(".py"):
            compile(block.text, f"{page}:{block.line}", "exec")


def test_each_block_is_found_with_what_its_comment_says() -> None:
    page = """
    make up

In a list:

<!-- docker; ends: 1 -->
```sh
make run

make down
```

<!-- a remark of an author -->

    swarmscope runs

    swarmscope audit
Text.
    no block, but the paragraph's second line
"""
    found = [(block.text, block.said) for block in blocks(page)]
    assert found == [
        ("make up", {}),
        ("make run\n\nmake down", {"docker": "", "ends": "1"}),
        ("swarmscope runs\n\nswarmscope audit", {}),
    ]


def test_a_comment_with_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match=r"line 1: \['end'\] means nothing"):
        blocks("<!-- docker; end: 1 -->\n\n    make down\n")


def test_what_a_page_says_is_printed_is_looked_for_in_its_order() -> None:
    said = "Run 1 is  complete\nwarning\nAudit ok\n"
    assert printed("Run … is complete\n\nAudit ok", said) == []
    assert printed("Audit ok\nRun … is complete", said) == ["Run … is complete"]
    assert printed("Run 2", said) == ["Run 2"]
